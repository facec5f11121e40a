using RobustWrn.Attacks;

namespace RobustWrn.Conformance.Attacks;

/// <summary>Every attack of the library keeps every clause, and the clauses find faults.</summary>
[Collection(nameof(TorchGenerator))]
public class AttackConformanceTests
{
    public static TheoryData<string, string> Pairs()
    {
        TheoryData<string, string> pairs = [];
        foreach (string attack in LibraryAttacks.All.Keys)
        {
            foreach (string clause in AttackContract.Clauses.Keys)
                pairs.Add(attack, clause);
        }
        return pairs;
    }

    public static TheoryData<string> Faults() => [.. BrokenAttack.All.Select(attack => attack.Fault)];

    [Fact]
    public void Library_Scanned_HasTheAttacksItNames() =>
        Assert.Superset(new HashSet<string> { nameof(Fgsm), nameof(Pgd), nameof(CwLinf), nameof(CwL2) }, LibraryAttacks.All.Keys.ToHashSet());

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Perturb_AttackOfTheLibrary_KeepsTheContract(string attack, string clause) => AttackContract.Clauses[clause](LibraryAttacks.Short(attack));

    [Theory]
    [MemberData(nameof(Faults))]
    public void Contract_AttackWithAFault_RefusesIt(string fault)
    {
        BrokenAttack broken = BrokenAttack.All.Single(attack => attack.Fault == fault);
        Exception refusal = Assert.ThrowsAny<Exception>(() => AttackContract.Clauses[broken.Clause](broken));
        // An assertion, or what storing says: not an error of the check itself.
        Assert.True(refusal is Xunit.Sdk.XunitException or InvalidOperationException, refusal.ToString());
    }
}
