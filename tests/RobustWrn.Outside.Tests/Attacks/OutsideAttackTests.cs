using System.Reflection;
using RobustWrn.Attacks;
using RobustWrn.Conformance.Attacks;
using RobustWrn.Conformance.Contracts;

namespace RobustWrn.Outside.Tests;

/// <summary>An attack written outside the library keeps the contract that the library's own keep, and takes few lines.</summary>
public class OutsideAttackTests
{
    private static readonly Assembly Own = typeof(OutsideAttackTests).Assembly;

    public static TheoryData<string, string> Pairs() => Implementations<IAttack>.In(Own, AttackContract.Clauses.Keys);

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Perturb_AttackOfSomebodyElse_KeepsTheContract(string attack, string clause) =>
        AttackContract.Clauses[clause](LibraryAttacks.Short(Implementations<IAttack>.In(Own)[attack]));

    [Fact]
    public void GradientAttack_ItsSource_IsAtMostTwentyLines() => Assert.InRange(OutsideSource.Lines("Attacks/CosinePgd.cs"), 1, 20);
}
