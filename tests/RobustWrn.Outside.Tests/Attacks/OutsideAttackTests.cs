using System.Reflection;
using RobustWrn.Attacks;
using RobustWrn.Conformance.Attacks;
using RobustWrn.Conformance.Contracts;
using RobustWrn.Conformance.Descriptions;
using RobustWrn.Core;

namespace RobustWrn.Outside.Tests;

/// <summary>
/// Attack, step rule and loss written outside the library keep the contracts that the library's own keep, and take few lines.
/// </summary>
public class OutsideAttackTests
{
    private const int MostLines = 20;

    private static readonly Assembly Own = typeof(OutsideAttackTests).Assembly;

    public static TheoryData<string, string> Pairs() => Implementations<IAttack>.In(Own, AttackContract.Clauses.Keys);

    public static TheoryData<string> Clauses() => [.. AttackContract.Clauses.Keys];

    public static TheoryData<string> DescriptionClauses() => [.. DescriptionContract.Clauses.Keys];

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Perturb_AttackOfSomebodyElse_KeepsTheContract(string attack, string clause) =>
        AttackContract.Clauses[clause](LibraryAttacks.Short(Implementations<IAttack>.In(Own)[attack]));

    [Theory]
    [MemberData(nameof(Clauses))]
    public void Perturb_PgdByRuleAndLossOfSomebodyElse_KeepsTheContract(string clause) =>
        AttackContract.Clauses[clause](new Pgd { Steps = 20, StepRule = new RmsStep(), Loss = new CosineMargin() });

    [Theory]
    [MemberData(nameof(DescriptionClauses))]
    public void Description_OfSomebodyElse_KeepsTheContract(string clause)
    {
        foreach (IDescription description in (IDescription[])[new CosinePgd(), new CosineStep(0.1), new RmsStep(), new CosineMargin()])
            DescriptionContract.Clauses[clause](description);
    }

    [Fact]
    public void GradientAttack_ItsSource_IsAtMostTwentyLines() =>
        Assert.InRange(OutsideSource.Lines("Attacks/CosinePgd.cs"), 1, MostLines);
}
