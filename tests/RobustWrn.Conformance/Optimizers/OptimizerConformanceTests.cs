using RobustWrn.Conformance.Contracts;
using RobustWrn.Training;

namespace RobustWrn.Conformance.Optimizers;

/// <summary>Every optimiser of the library keeps every clause. A new one is found here without a line elsewhere.</summary>
public class OptimizerConformanceTests
{
    public static TheoryData<string, string> AllAndClauses() => Implementations<IOptimizer>.With(OptimizerContract.Clauses.Keys);

    [Fact]
    public void Library_Scanned_HasThoseItNames() =>
        Assert.Superset(new HashSet<string> { nameof(Sgd), nameof(AdamW) }, Implementations<IOptimizer>.All.Keys.ToHashSet());

    [Theory]
    [MemberData(nameof(AllAndClauses))]
    public void Library_EveryImplementation_KeepsTheContract(string name, string clause) =>
        OptimizerContract.Clauses[clause](Implementations<IOptimizer>.All[name]);

    public static TheoryData<string> Faults() => [.. BrokenOptimizer.All.Select(broken => broken.Fault)];

    [Theory]
    [MemberData(nameof(Faults))]
    public void Contract_OptimizerWithAFault_RefusesIt(string fault)
    {
        BrokenOptimizer broken = BrokenOptimizer.All.Single(broken => broken.Fault == fault);
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => OptimizerContract.Clauses[broken.Clause](broken));
    }
}
