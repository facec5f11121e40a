using System.Text.RegularExpressions;

namespace RobustWrn.Core;

/// <summary>
/// The names of Lu et al. 2022 (arXiv 2212.11005): this library's, but for the last normalisation, <c>norm1</c>, and the shortcuts,
/// <c>shortcut.0</c>. Squeeze-and-excitation (<c>se.fc.0</c>, <c>se.fc.2</c>, <c>se_bn</c>) and the scales (<c>conv2.0</c>, <c>bn3.0</c>)
/// have their names here too.
/// </summary>
public sealed partial record LuNames : IKeyMap
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "lu";

    private static readonly (string Theirs, string Ours)[] Tops = [("norm1.", "bn1."), ("act1.", "act.")];

    /// <inheritdoc/>
    public bool Recognizes(IReadOnlyCollection<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return names.Any(name => name.StartsWith("stem_conv.", StringComparison.Ordinal)) && names.Contains("norm1.weight");
    }

    /// <inheritdoc/>
    public string? ToLibrary(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Theirs().Match(name) is { Success: true } shortcut
            ? $"{shortcut.Groups["block"].Value}convShortcut.{shortcut.Groups["rest"].Value}"
            : NamePrefix.Replaced(name, Tops, back: false);
    }

    /// <inheritdoc/>
    public string ToForeign(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Ours().Match(name) is { Success: true } shortcut
            ? $"{shortcut.Groups["block"].Value}shortcut.0.{shortcut.Groups["rest"].Value}"
            : NamePrefix.Replaced(name, Tops, back: true);
    }

    /// <inheritdoc/>
    public IEnumerable<ConventionDifference> Differences(INetworkSpec spec) =>
        new WideResNetConventions("the code of Lu et al. 2022") { Shortcut = ShortcutInput.Activated }.Differences(spec);

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];

    [GeneratedRegex(@"^(?<block>blocks\.\d+\.layer\.\d+\.)shortcut\.0\.(?<rest>.+)$")]
    private static partial Regex Theirs();

    [GeneratedRegex(@"^(?<block>blocks\.\d+\.layer\.\d+\.)convShortcut\.(?<rest>.+)$")]
    private static partial Regex Ours();
}
