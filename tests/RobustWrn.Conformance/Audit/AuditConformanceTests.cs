using RobustWrn.Attacks;
using RobustWrn.Core;

namespace RobustWrn.Conformance.Audit;

/// <summary>Every check of the library keeps every clause, and the clauses find faults.</summary>
[Collection(nameof(TorchGenerator))]
public class AuditConformanceTests
{
    private static readonly IReadOnlyDictionary<string, Type> Library = DescriptionTypes.Implementing(typeof(IAuditCheck));

    public static TheoryData<string, string> ChecksAndClauses()
    {
        TheoryData<string, string> pairs = [];
        foreach (string check in Library.Keys)
        {
            foreach (string clause in AuditContract.Clauses.Keys)
                pairs.Add(check, clause);
        }
        return pairs;
    }

    public static TheoryData<string> Faults() => [.. BrokenCheck.All.Select(check => check.Fault)];

    [Fact]
    public void Library_Scanned_HasTheChecksItNames() =>
        Assert.Superset(new HashSet<Type> { typeof(ZeroGradientCheck), typeof(BallCheck), typeof(TransferCheck) }, Library.Values.ToHashSet());

    [Theory]
    [MemberData(nameof(ChecksAndClauses))]
    public void Check_OfTheLibrary_KeepsTheContract(string check, string clause) => AuditContract.Clauses[clause]((IAuditCheck)Activator.CreateInstance(Library[check])!);

    [Theory]
    [MemberData(nameof(Faults))]
    public void Contract_CheckWithAFault_RefusesIt(string fault)
    {
        BrokenCheck broken = BrokenCheck.All.Single(check => check.Fault == fault);
        Exception refusal = Assert.ThrowsAny<Exception>(() => AuditContract.Clauses[broken.Clause](broken));
        // An assertion, or what storing says: not an error of the contract itself.
        Assert.True(refusal is Xunit.Sdk.XunitException or InvalidOperationException, refusal.ToString());
    }
}
