namespace RobustWrn.Core;

/// <summary>
/// What a classifier does to pixels before its network sees them: (x - mean) / std per channel. It is part of the classifier,
/// so that attacks always work on pixels in [0, 1]. The default is the identity, as in the code of Huang et al. 2021.
/// </summary>
public sealed record Normalization
{
    /// <summary>No change.</summary>
    public static Normalization Identity { get; } = new();

    /// <summary>Means of the CIFAR-10 training set per channel, as used by Gowal et al. 2020 (arXiv 2010.03593).</summary>
    public static Normalization Cifar10 { get; } = new() { Mean = [0.4914, 0.4822, 0.4465], Std = [0.2471, 0.2435, 0.2616] };

    /// <summary>Subtracted, one number a channel; empty for none.</summary>
    public ValueList<double> Mean { get; init; } = [];

    /// <summary>Divided by, one number a channel; empty for none.</summary>
    public ValueList<double> Std { get; init; } = [];

    /// <summary>Whether pixels stay as they are.</summary>
    public bool IsIdentity => Mean.Count == 0 && Std.Count == 0;

    /// <summary>What is wrong with it for a number of channels.</summary>
    public IEnumerable<Problem> Problems(int channels) => Mean is null || Std is null ? [new Problem("Normalization", "must have lists of means and stds, got null. Leave them empty for none.")] :
        IsIdentity || (Mean.Count == channels && Std.Count == channels)
            ? [.. Rule.Each(Mean, OfMean, "Normalization.Mean", channels),
                .. Rule.Each(Std, std => Rule.Positive(std, ""), "Normalization.Std", channels)]
            : [new Problem("Normalization",
                $"must have one mean and one std for each of {Quantity.Of(channels, "channel")}, or none at all, got {Mean.Count} and {Std.Count}.")];

    // Pixels are in [0, 1], whatever they are divided by afterwards; means of other scales are refused with the numbers that float32 cannot
    // hold.
    private static IEnumerable<Problem> OfMean(double mean) =>
        Rule.Holds(Math.Abs(mean) <= Rule.LargestNumber, "", $"must be a finite number, at most {Rule.LargestNumber}, got {mean}.");
}
