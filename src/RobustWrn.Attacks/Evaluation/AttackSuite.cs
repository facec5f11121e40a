using RobustWrn.Core;

namespace RobustWrn.Attacks;

/// <summary>Attacks that are run one after another, each on the images that all before it left right.</summary>
public sealed record AttackSuite : IDescription
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "suite";

    /// <summary>A short name for tables and results.</summary>
    public string Name { get; init; } = "attacks";

    /// <summary>The attacks, at least one, cheap ones first: what an early one breaks costs the later ones nothing.</summary>
    public ValueList<IAttack> Attacks { get; init; } = [];

    /// <summary>A suite: <c>AttackSuite.Of("PGD and CW", new Pgd(), new CwLinf())</c>.</summary>
    /// <param name="name">A short name for tables and results.</param>
    /// <param name="attacks">The attacks, in order.</param>
    public static AttackSuite Of(string name, params ReadOnlySpan<IAttack> attacks) => new() { Name = name, Attacks = [.. attacks] };

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. Rule.Holds(!string.IsNullOrWhiteSpace(Name), nameof(Name), "must be a text to tell results apart by, got nothing."),
        .. Rule.NotEmpty(Attacks),
        .. Attacks.SelectMany((attack, i) => attack.ProblemsAs($"{nameof(Attacks)}[{i}]")),
    ];
}
