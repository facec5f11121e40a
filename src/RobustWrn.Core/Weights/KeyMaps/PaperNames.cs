namespace RobustWrn.Core;

/// <summary>
/// The names of the code of Huang et al. 2021, which are this library's: <c>stem_conv</c>, <c>blocks.0.layer.0.conv1</c>, <c>bn1</c>,
/// <c>fc</c>. Also what is used where no map recognises the names: they stay as they are.
/// </summary>
public sealed record PaperNames : IKeyMap
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "paper";

    /// <inheritdoc/>
    public bool Recognizes(IReadOnlyCollection<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return names.Any(name => name.StartsWith("stem_conv.", StringComparison.Ordinal)) && names.Contains("bn1.weight");
    }

    /// <inheritdoc/>
    public string? ToLibrary(string name) => name;

    /// <inheritdoc/>
    public string ToForeign(string name) => name;

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];
}
