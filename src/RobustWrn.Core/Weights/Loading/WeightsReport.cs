using System.Globalization;
using System.Text;

namespace RobustWrn.Core;

/// <summary>Where loaded weights came from, and what was left out on the way.</summary>
public sealed record WeightsReport
{
    /// <summary>The file, or what the caller called it.</summary>
    public required string Source { get; init; }

    /// <summary>
    /// The entry of the checkpoint that was taken, with dots into nested ones; empty when the file is the state dict itself.
    /// </summary>
    public string Entry { get; init; } = "";

    /// <summary>Other entries of the file that hold weights: name one in <see cref="WeightsOptions.Entry"/> to load it instead.</summary>
    public ValueList<string> OtherEntries { get; init; } = [];

    /// <summary>What stood before every name and was taken off, such as <c>module.</c>; empty for nothing.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>
    /// Whose names they were: the stored name of the <see cref="IKeyMap"/>. <c>paper</c> when the names are this library's.
    /// </summary>
    public string Names { get; init; } = PaperNames.TypeName;

    /// <summary>
    /// What the file has and no network here has a place for, by the file's names: unused copies, another network's weights, counters of
    /// averaging and of profilers.
    /// </summary>
    public ValueList<string> LeftOut { get; init; } = [];

    /// <summary>What the network kept as it was because the caller skipped it, by the names here.</summary>
    public ValueList<string> Skipped { get; init; } = [];

    /// <summary>
    /// What the file says of the pixels before the network, by constants such as <c>mean</c> and <c>std</c> or by the spec it carries; null
    /// if it says nothing.
    /// </summary>
    public Normalization? Normalization { get; init; }

    /// <summary>By which of its names the file says so, and in which units; empty if it says nothing.</summary>
    public string NormalizationSource { get; init; } = "";

    /// <summary>Whether the classifier had no normalisation and got this one; otherwise it had it already.</summary>
    public bool NormalizationApplied { get; init; }

    /// <summary>
    /// What probably makes the network compute otherwise than the code that the weights come from, a sentence each: an activation, a
    /// normalisation. Show them to whoever chose the spec; what is certain is refused.
    /// </summary>
    public ValueList<string> Warnings { get; init; } = [];

    /// <summary>The same as one line, without the warnings.</summary>
    public override string ToString()
    {
        StringBuilder text = new(Source);
        if (Entry.Length > 0)
            text.Append(CultureInfo.InvariantCulture, $", entry {Entry}");
        if (OtherEntries.Count > 0)
            text.Append(CultureInfo.InvariantCulture, $" (there are also {NameList.Short(OtherEntries)})");
        if (Prefix.Length > 0)
            text.Append(CultureInfo.InvariantCulture, $", without the prefix {Prefix}");
        text.Append(CultureInfo.InvariantCulture, $", names: {Names}");
        if (Normalization is { IsIdentity: false } normalization)
            text.Append(CultureInfo.InvariantCulture, $"; normalisation {PixelConstants.Text(normalization)} from "
                + $"{NormalizationSource}{(NormalizationApplied ? ", given to the network" : "")}");
        if (LeftOut.Count > 0)
            text.Append(CultureInfo.InvariantCulture, $"; left out: {NameList.Short(LeftOut)}");
        if (Skipped.Count > 0)
            text.Append(CultureInfo.InvariantCulture, $"; skipped: {NameList.Short(Skipped)}");
        return text.ToString();
    }
}
