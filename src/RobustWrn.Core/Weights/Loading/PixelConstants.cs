using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>The normalisation of pixels that stands beside weights as constants, which decide the logits as the weights do.</summary>
/// <param name="Normalization">What they do to pixels in [0, 1].</param>
/// <param name="Names">Their names.</param>
/// <param name="Rounding">How far they may be from what was meant, relative to them: the rounding of their element type.</param>
/// <param name="Note">How they were read, where they stand in other units; empty otherwise.</param>
internal sealed record PixelConstants(Normalization Normalization, ValueList<string> Names, double Rounding, string Note = "")
{
    private const int MostChannels = 16;
    private const double Levels = 255, LargestOfUnit = 1, SmallestOfLevels = 2;

    /// <summary>
    /// Whether a stored tensor has the name and the shape of such a constant: one number, or one a channel with any sides of 1 around.
    /// </summary>
    public static bool IsOne(StoredTensor tensor) =>
        ConstantName.Of(tensor.Name) is not null && tensor.Shape.Length <= 4 && tensor.Shape.Count(side => side != 1) <= 1
            && tensor.Shape.All(side => side is >= 1 and <= MostChannels);

    /// <summary>What constants say; null for none of them.</summary>
    /// <param name="constants">Those that <see cref="IsOne"/>.</param>
    /// <param name="channels">Channels of the network's images; null where nobody knows.</param>
    /// <param name="refusal">What is thrown for a reason, which goes on from the source.</param>
    public static PixelConstants? Read(IReadOnlyList<StoredTensor> constants, int? channels, Func<string, Exception> refusal)
    {
        PixelConstants? said = null;
        foreach (IGrouping<string, StoredTensor> group in constants.GroupBy(constant => ConstantName.Of(constant.Name)!.Value.Group))
        {
            if (group.All(constant => constant.IsNumber) && group.Count() == 1)
                continue; // A number of that name alone is a figure of a report.
            PixelConstants one = Group([.. group], channels, refusal);
            if (said is not null && !said.Agrees(one.Normalization))
                throw refusal(
                    $"says two things of the pixels: {said.Describe()}, but {one.Describe()}. Name those that do not count in "
                    + $"WeightsOptions.Skip.");
            said = said is null ? one : said with { Names = [.. said.Names, .. one.Names] };
        }
        return said;
    }

    /// <summary>Whether a normalisation is this one but for rounding.</summary>
    public bool Agrees(Normalization other)
    {
        int channels = Math.Max(Normalization.Mean.Count, other.Mean.Count);
        return channels == 0 || (Near(Padded(Normalization.Mean, channels, 0), Padded(other.Mean, channels, 0))
            && Near(Padded(Normalization.Std, channels, 1), Padded(other.Std, channels, 1)));
    }

    /// <summary>Names and numbers in words.</summary>
    public string Describe() => $"{string.Join(", ", Names)} {Text(Normalization)}{Note}";

    /// <summary>A normalisation in words.</summary>
    public static string Text(Normalization normalization) =>
        normalization.IsIdentity ? "(no normalisation)" : $"(mean {Numbers(normalization.Mean)}, std {Numbers(normalization.Std)})";

    private static PixelConstants Group(StoredTensor[] group, int? channels, Func<string, Exception> refusal)
    {
        string names = string.Join(", ", group.Select(constant => constant.Name));
        StoredTensor? Only(params ConstantKind[] kinds)
        {
            StoredTensor[] those = [.. group.Where(constant => kinds.Contains(ConstantName.Of(constant.Name)!.Value.Kind))];
            return those.Length == 1 ? those[0] : null;
        }
        if (Only(ConstantKind.Mean) is not { } means
            || Only(ConstantKind.Deviation, ConstantKind.Variance, ConstantKind.InverseDeviation) is not { } spreads)
            throw refusal(
                $"must have a mean and a std for its pixels, or neither, but has {names}. Give the spec its normalisation and name these "
                + $"in WeightsOptions.Skip.");
        int count = (int)Math.Max(means.Shape.Aggregate(1L, (product, side) => product * side),
            spreads.Shape.Aggregate(1L, (product, side) => product * side));
        if (channels is not null && count != 1 && count != channels)
            throw refusal($"has normalisation constants of {Quantity.Of(count, "channel")} ({names}), but the network takes images of {channels}.");
        count = channels ?? count;
        double[] mean = Values(means, count), spread = Values(spreads, count);
        double[] std = ConstantName.Of(spreads.Name)!.Value.Kind switch
        {
            ConstantKind.Variance => [.. spread.Select(Math.Sqrt)],
            ConstantKind.InverseDeviation => [.. spread.Select(value => 1 / value)],
            _ => spread,
        };
        if (mean.Length != count || std.Length != count || !mean.All(double.IsFinite)
            || !std.All(value => double.IsFinite(value) && value > 0))
            throw refusal(
                $"must have finite means and positive stds, one a channel, got {names}: mean {Numbers(mean)}, std {Numbers(std)}. If "
                + $"they do not count, name them in WeightsOptions.Skip.");
        string note = "";
        if (mean.Any(value => Math.Abs(value) > SmallestOfLevels)
            || std.All(value => value > SmallestOfLevels * SmallestOfLevels * SmallestOfLevels))
        {
            note = ", given for pixels in 0..255 and divided by 255";
            (mean, std) = ([.. mean.Select(value => value / Levels)], [.. std.Select(value => value / Levels)]);
        }
        if (mean.Any(value => value is < 0 or > LargestOfUnit) || std.Any(value => value > SmallestOfLevels))
            throw refusal(
                $"has constants that are no mean and std of pixels, neither in [0, 1] nor in 0..255 (or 1 / std): {names}, mean "
                + $"{Numbers(mean)}, std {Numbers(std)}. "
                + "Give the spec its normalisation and name these in WeightsOptions.Skip.");
        bool identity = mean.All(value => value == 0) && std.All(value => value == 1);
        Normalization normalization = identity ? Normalization.Identity : new Normalization { Mean = [.. mean], Std = [.. std] };
        return new PixelConstants(normalization, group.Select(constant => constant.Name).ToValueList(),
            Math.Max(RoundingOf(means.Type), RoundingOf(spreads.Type)), note);
    }

    private static double[] Values(StoredTensor constant, int count)
    {
        constant.Verify();
        using DisposeScope scope = NewDisposeScope();
        Tensor values = zeros(constant.Shape, ScalarType.Float64);
        constant.CopyTo(values);
        double[] read = values.reshape(-1).data<double>().ToArray();
        // 0.4914 and not 0.49140000343322754, which is the same number in float32.
        if (constant.Type == ScalarType.Float32)
            read = Array.ConvertAll(read, value => double.IsFinite(value)
                ? double.Parse(((float)value).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) : value);
        return read.Length == 1 ? [.. Enumerable.Repeat(read[0], count)] : read;
    }

    private bool Near(double[] here, double[] there) =>
        here.Zip(there).All(pair => Math.Abs(pair.First - pair.Second) <= Rounding * Math.Max(Math.Abs(pair.First), Math.Abs(pair.Second)));

    private static double[] Padded(ValueList<double> values, int channels, double none) =>
        values.Count == 0 ? [.. Enumerable.Repeat(none, channels)] : [.. values];

    private static double RoundingOf(ScalarType type) =>
        type switch { ScalarType.BFloat16 => 1.0 / 128, ScalarType.Float16 => 1.0 / 1024, _ => 1e-6 };

    private static string Numbers(IEnumerable<double> values) =>
        string.Join(" ", values.Take(4).Select(value => value.ToString("0.####", CultureInfo.InvariantCulture)));
}
