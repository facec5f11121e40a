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

    /// <summary>
    /// AutoAttack in its standard version for Linf and L2 (Croce and Hein 2020, arXiv 2003.01690; the constants of fra31/auto-attack): APGD
    /// on cross-entropy, targeted APGD on the targeted
    /// DLR loss for 9 classes, targeted FAB for 9 classes, Square with 5,000 queries.
    /// </summary>
    public static AttackSuite AutoAttack { get; } = Of("AutoAttack standard", new Apgd(), new TargetedApgd(), new TargetedFab(), new Square());

    /// <summary>
    /// The standard version for L1 (Croce and Hein 2021, arXiv 2103.01208): 5 restarts of APGD and 5 target classes of targeted APGD; the
    /// rest as <see cref="AutoAttack"/>.
    /// </summary>
    public static AttackSuite AutoAttackL1 { get; } = Of("AutoAttack standard L1", new Apgd { Restarts = 5 }, new TargetedApgd { TargetClasses = 5 }, new TargetedFab(), new Square());

    /// <summary>
    /// AutoAttack's "plus" version: 5 restarts of APGD on cross-entropy and on DLR and of FAB, Square, targeted APGD and targeted FAB.
    /// </summary>
    public static AttackSuite AutoAttackPlus { get; } = Of("AutoAttack plus",
        new Apgd { Restarts = 5 }, new Apgd { Loss = new Dlr(), Restarts = 5 }, new Fab { Restarts = 5 }, new Square(), new TargetedApgd(), new TargetedFab());

    /// <summary>
    /// AutoAttack's "rand" version for randomised models: APGD on cross-entropy and on DLR, each gradient the mean over 20 passes.
    /// </summary>
    public static AttackSuite AutoAttackRand { get; } = Of("AutoAttack rand",
        new ExpectationOverTransformation { Attack = new Apgd() }, new ExpectationOverTransformation { Attack = new Apgd { Loss = new Dlr() } });

    private static readonly (AttackSuite Suite, string Label, string[] Norms)[] Standards =
    [
        (AutoAttack, "autoattack-standard-2020", ["linf", "l2"]), (AutoAttackL1, "autoattack-standard-2021", ["l1"]),
        (AutoAttackPlus, "autoattack-plus-2020", ["linf", "l2"]), (AutoAttackRand, "autoattack-rand-2020", ["linf", "l2"]),
    ];

    /// <summary>
    /// The published standard that these attacks are, if every constant is its own; null otherwise, whatever the suite is called.
    /// </summary>
    /// <param name="threat">The threat it is run under; a standard belongs to its norms.</param>
    public string? ConformsTo(ThreatModel threat)
    {
        ArgumentNullException.ThrowIfNull(threat);
        return Array.Find(Standards, standard => standard.Suite.Attacks.Equals(Attacks) && standard.Norms.Contains(threat.Norm)).Label;
    }

    /// <summary>
    /// Problems that keep attacks from running under a threat model: the parts of its norm that they need and miss, all at once.
    /// </summary>
    /// <param name="threat">How far images may move.</param>
    public IEnumerable<Problem> ProblemsUnder(ThreatModel threat) => Attacks.Take(Rule.MostEntries)
        .SelectMany((attack, i) => attack?.ProblemsUnder(threat).Select(problem => problem.Within($"{nameof(Attacks)}[{i}]")) ?? []);

    /// <summary>A suite: <c>AttackSuite.Of("PGD and CW", new Pgd(), new CwLinf())</c>.</summary>
    /// <param name="name">A short name for tables and results.</param>
    /// <param name="attacks">The attacks, in order.</param>
    public static AttackSuite Of(string name, params ReadOnlySpan<IAttack> attacks) => new() { Name = name, Attacks = [.. attacks] };

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. Rule.Text(Name), .. Attacks is null ? [] : Rule.NotEmpty(Attacks), .. Rule.Each(Attacks, attack => attack.ProblemsAs("")),
    ];
}
