using RobustWrn.Conformance.Contracts;
using RobustWrn.Core;

namespace RobustWrn.Conformance.Norms;

/// <summary>Every norm of the library keeps every clause, and the clauses find faults.</summary>
[Collection(nameof(TorchGenerator))]
public class NormConformanceTests
{
    public static TheoryData<string, string> NormsAndClauses() => Implementations<ThreatModel>.With(NormContract.Clauses.Keys);

    public static TheoryData<string> Faults() => [.. BrokenNorm.Faults.Keys];

    [Fact]
    public void Library_Scanned_HasTheNormsItNames() =>
        Assert.Superset(
            new HashSet<string> { nameof(LinfThreat), nameof(L2Threat), nameof(L1Threat) },
            Implementations<ThreatModel>.All.Keys.ToHashSet());

    [Theory]
    [MemberData(nameof(NormsAndClauses))]
    public void Norm_OfTheLibrary_KeepsTheContract(string norm, string clause) =>
        NormContract.Clauses[clause](Implementations<ThreatModel>.All[norm]);

    [Theory]
    [MemberData(nameof(Faults))]
    public void Contract_NormWithAFault_RefusesIt(string fault) =>
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => NormContract.Clauses[BrokenNorm.Faults[fault]](new BrokenNorm { Fault = fault }));

    [Fact]
    public void Contract_NormWithoutFault_IsAccepted() =>
        Assert.All(BrokenNorm.Faults.Values.Distinct(), clause => NormContract.Clauses[clause](new BrokenNorm { Fault = "none" }));
}
