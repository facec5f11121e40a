using RobustWrn.Conformance.Contracts;
using RobustWrn.Core;

namespace RobustWrn.Conformance.Normalizations;

/// <summary>Every normalisation of features of the library keeps every clause. A new one is found here without a line elsewhere.</summary>
public class NormalizationConformanceTests
{
    public static TheoryData<string, string> AllAndClauses() =>
        Implementations<IFeatureNormalization>.With(NormalizationContract.Clauses.Keys);

    [Fact]
    public void Library_Scanned_HasThoseItNames() => Assert.Superset(new HashSet<string> { nameof(BatchNormalization),
        nameof(GroupNormalization) }, Implementations<IFeatureNormalization>.All.Keys.ToHashSet());

    [Theory]
    [MemberData(nameof(AllAndClauses))]
    public void Library_EveryImplementation_KeepsTheContract(string name, string clause) =>
        NormalizationContract.Clauses[clause](Implementations<IFeatureNormalization>.All[name]);
}
