using RobustWrn.Conformance.Contracts;
using RobustWrn.Core;

namespace RobustWrn.Conformance.Augmentations;

/// <summary>
/// Every augmentation that mixes examples of the library keeps every clause. A new one is found here without a line elsewhere.
/// </summary>
public class BatchAugmentationConformanceTests
{
    public static TheoryData<string, string> AllAndClauses() =>
        Implementations<IBatchAugmentation>.With(BatchAugmentationContract.Clauses.Keys);

    [Fact]
    public void Library_Scanned_HasThoseItNames() =>
        Assert.Superset(new HashSet<string> { nameof(MixUp), nameof(CutMix) }, Implementations<IBatchAugmentation>.All.Keys.ToHashSet());

    [Theory]
    [MemberData(nameof(AllAndClauses))]
    public void Library_EveryImplementation_KeepsTheContract(string name, string clause) =>
        BatchAugmentationContract.Clauses[clause](Implementations<IBatchAugmentation>.All[name]);
}
