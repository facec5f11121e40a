using RobustWrn.Conformance.Contracts;
using RobustWrn.Core;

namespace RobustWrn.Conformance.Augmentations;

/// <summary>Every augmentation of the library keeps every clause. A new one is found here without a line elsewhere.</summary>
public class AugmentationConformanceTests
{
    public static TheoryData<string, string> AllAndClauses() => Implementations<IAugmentation>.With(AugmentationContract.Clauses.Keys);

    [Fact]
    public void Library_Scanned_HasThoseItNames() =>
        Assert.Superset(new HashSet<string> { nameof(RandomCrop), nameof(Cutout) }, Implementations<IAugmentation>.All.Keys.ToHashSet());

    [Theory]
    [MemberData(nameof(AllAndClauses))]
    public void Library_EveryImplementation_KeepsTheContract(string name, string clause) =>
        AugmentationContract.Clauses[clause](Implementations<IAugmentation>.All[name]);

    public static TheoryData<string> Faults() => [.. BrokenAugmentation.All.Select(broken => broken.Fault)];

    [Theory]
    [MemberData(nameof(Faults))]
    public void Contract_AugmentationWithAFault_RefusesIt(string fault)
    {
        BrokenAugmentation broken = BrokenAugmentation.All.Single(broken => broken.Fault == fault);
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => AugmentationContract.Clauses[broken.Clause](broken));
    }
}
