using RobustWrn.Conformance.Contracts;
using RobustWrn.Core;

namespace RobustWrn.Conformance.Activations;

/// <summary>
/// Every activation of the library keeps every clause, and the clauses find faults. A new activation is found here without a line
/// elsewhere.
/// </summary>
public class ActivationConformanceTests
{
    public static TheoryData<string, string> ActivationsAndClauses() => Implementations<IActivation>.With(ActivationContract.Clauses.Keys);

    public static TheoryData<string> Faults() => [.. BrokenActivation.All.Select(activation => activation.Fault)];

    [Fact]
    public void Library_Scanned_HasTheActivationsItNames() =>
        Assert.Superset(new HashSet<string> { nameof(Relu), nameof(PRelu), nameof(ParametricSilu) },
            Implementations<IActivation>.All.Keys.ToHashSet());

    [Theory]
    [MemberData(nameof(ActivationsAndClauses))]
    public void Activation_OfTheLibrary_KeepsTheContract(string activation, string clause) =>
        ActivationContract.Clauses[clause](Implementations<IActivation>.All[activation]);

    [Theory]
    [MemberData(nameof(Faults))]
    public void Contract_ActivationWithAFault_RefusesIt(string fault)
    {
        BrokenActivation broken = BrokenActivation.All.Single(activation => activation.Fault == fault);
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => ActivationContract.Clauses[broken.Clause](broken));
    }
}
