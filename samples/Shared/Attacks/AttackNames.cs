using RobustWrn.Attacks;
using RobustWrn.Core;

namespace RobustWrn.Samples;

/// <summary>
/// The names of attacks on the command line: of every attack that in files, and those by which papers and AutoAttack know some.
/// </summary>
public static class AttackNames
{
    private static readonly Dictionary<string, Func<ThreatModel?, AttackSuite>> Published = new()
    {
        ["autoattack"] = threat => threat is not null && AttackSuite.AutoAttackL1.ConformsTo(threat) is not null ? AttackSuite.AutoAttackL1
            : AttackSuite.AutoAttack,
        ["autoattack-plus"] = _ => AttackSuite.AutoAttackPlus,
        ["autoattack-rand"] = _ => AttackSuite.AutoAttackRand,
        ["apgd-ce"] = _ => Alone(new Apgd()),
        ["apgd-dlr"] = _ => Alone(new Apgd { Loss = new Dlr() }),
        ["apgd-t"] = _ => Alone(new TargetedApgd()),
        ["cw"] = threat => Alone(threat?.Norm == "l2" ? new CwL2() : new CwLinf()),
        ["mifgsm"] = _ => Alone(new MomentumFgsm()),
        ["noise"] = _ => Alone(new RandomNoise()),
    };

    /// <summary>All names.</summary>
    public static IEnumerable<string> Known =>
        Published.Keys.Concat(DescriptionTypes.Implementing(typeof(IAttack)).Keys).Order(StringComparer.Ordinal);

    /// <summary>The attack or attacks of a name under a threat; null for a name that there is not.</summary>
    public static AttackSuite? Find(string name, ThreatModel? threat) =>
        Published.TryGetValue(name, out Func<ThreatModel?, AttackSuite>? published) ? published(threat)
        : DescriptionTypes.Implementing(typeof(IAttack)).TryGetValue(name, out Type? type) ? Alone((IAttack)Activator.CreateInstance(type)!)
        : null;

    private static AttackSuite Alone(IAttack attack) => AttackSuite.Of(attack.Name, attack);
}
