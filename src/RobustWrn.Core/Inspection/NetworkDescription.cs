using System.Globalization;
using System.Text;

namespace RobustWrn.Core;

/// <summary>What each part of a network is and costs, for images of one size.</summary>
/// <param name="Name">The network's name.</param>
/// <param name="InputChannels">Channels of an image.</param>
/// <param name="Classes">Classes it tells apart.</param>
/// <param name="Height">Rows of an image.</param>
/// <param name="Width">Columns of an image.</param>
/// <param name="Cost">The exact cost, part by part.</param>
public sealed record NetworkDescription(string Name, int InputChannels, int Classes, int Height, int Width, NetworkCost Cost)
{
    private const double Mebibyte = 1 << 20;

    /// <summary>The table's columns.</summary>
    public static ValueList<string> Columns { get; } = ["part", "blocks", "width", "resolution", "parameters", "share", "MACs", "share"];

    /// <summary>
    /// The table's rows as text, a row for each part and one for the total. A width is the channels of a part's output,
    /// a share that of the column before it.
    /// </summary>
    public ValueList<ValueList<string>> Rows =>
    [
        .. Cost.Parts.Select(part => (ValueList<string>)
        [
            part.Name, part.Blocks == 0 ? "" : Text(part.Blocks), Text(part.Channels), $"{Text(part.Height)} x {Text(part.Width)}",
            Text(part.Parameters), Share(part.Parameters, Cost.Parameters), Text(part.MultiplyAdds), Share(part.MultiplyAdds, Cost.MultiplyAdds),
        ]),
        ["total", Text(Cost.Parts.Sum(part => part.Blocks)), "", "", Text(Cost.Parameters), Share(1, 1), Text(Cost.MultiplyAdds), Share(1, 1)],
    ];

    /// <summary>One sentence: what the network is for, and what it costs in all.</summary>
    public string Summary => FormattableString.Invariant(
        $"{Name} for images of {InputChannels} x {Height} x {Width} in {Classes} classes: {Short(Cost.Parameters)} parameters, {Short(Cost.MultiplyAdds)} MACs");

    /// <summary>
    /// What a training step and an attack step keep in memory for each image, in float32; see
    /// <see cref="NetworkCost.TrainingActivationBytes"/>.
    /// </summary>
    public string Memory => FormattableString.Invariant(
        $"activations of an image in float32: {Cost.TrainingActivationBytes(1) / Mebibyte:0.00} MiB in a training step, {Cost.AttackActivationBytes(1) / Mebibyte:0.00} MiB in an attack step");

    /// <summary>The summary, the table in plain characters, and the memory.</summary>
    public override string ToString()
    {
        ValueList<string>[] lines = [Columns, .. Rows];
        int[] widths = [.. Columns.Select((_, column) => lines.Max(line => line[column].Length))];
        StringBuilder text = new();
        text.AppendLine(Summary);
        foreach (ValueList<string> line in lines)
            text.AppendLine(string.Join("  ", line.Select((cell, column) => column == 0 ? cell.PadRight(widths[0]) : cell.PadLeft(widths[column]))).TrimEnd());
        return text.Append(Memory).ToString();
    }

    /// <summary>A count of few characters: 36.5 M, 5.24 G.</summary>
    internal static string Short(double count)
    {
        (double unit, string name) = count switch { >= 1e12 => (1e12, " T"), >= 1e9 => (1e9, " G"), >= 1e6 => (1e6, " M"), >= 1e3 => (1e3, " k"), _ => (1, "") };
        return (count / unit).ToString(unit == 1 ? "0" : "0.00", CultureInfo.InvariantCulture) + name;
    }

    internal static string Share(double part, double total) => total == 0 ? "" : (100 * part / total).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    private static string Text(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
