using System.Globalization;
using System.Text.RegularExpressions;

namespace RobustWrn.Core;

/// <summary>
/// The names of the wide residual network of TRADES (Zhang et al. 2019), which RobustBench and many others share:
/// <c>conv1</c>, <c>block1.layer.0.conv1</c>, <c>bn1</c>, <c>fc</c>. TRADES' own network also stores <c>sub_block1</c>,
/// a copy of the first stage that its forward pass never uses; it is left out.
/// </summary>
public sealed partial record TradesNames : IKeyMap
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "trades";

    /// <inheritdoc/>
    public bool Recognizes(IReadOnlyCollection<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return names.Contains("conv1.weight") && names.Any(name => name.StartsWith("block1.layer.0.", StringComparison.Ordinal));
    }

    /// <inheritdoc/>
    public string? ToLibrary(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.StartsWith("sub_block1.", StringComparison.Ordinal))
            return null;
        if (Theirs().Match(name) is { Success: true } block)
        {
            int stage = int.Parse(block.Groups["stage"].ValueSpan, CultureInfo.InvariantCulture) - 1;
            return $"blocks.{stage.ToString(CultureInfo.InvariantCulture)}.layer.{block.Groups["index"].Value}.{NamePrefix.Replaced(block.Groups["rest"].Value, "relu", "act")}";
        }
        return NamePrefix.Replaced(NamePrefix.Replaced(name, "conv1.", "stem_conv."), "relu.", "act.");
    }

    /// <inheritdoc/>
    public string ToForeign(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (Ours().Match(name) is { Success: true } block)
        {
            int stage = int.Parse(block.Groups["stage"].ValueSpan, CultureInfo.InvariantCulture) + 1;
            return $"block{stage.ToString(CultureInfo.InvariantCulture)}.layer.{block.Groups["index"].Value}.{NamePrefix.Replaced(block.Groups["rest"].Value, "act", "relu")}";
        }
        return NamePrefix.Replaced(NamePrefix.Replaced(name, "stem_conv.", "conv1."), "act.", "relu.");
    }

    /// <inheritdoc/>
    public IEnumerable<ConventionDifference> Differences(INetworkSpec spec) =>
        new WideResNetConventions("the code of TRADES").Differences(spec);

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];

    [GeneratedRegex(@"^block(?<stage>[1-9]\d{0,3})\.layer\.(?<index>\d+)\.(?<rest>.+)$")]
    private static partial Regex Theirs();

    [GeneratedRegex(@"^blocks\.(?<stage>0|[1-9]\d{0,3})\.layer\.(?<index>\d+)\.(?<rest>.+)$")]
    private static partial Regex Ours();
}
