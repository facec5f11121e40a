using RobustWrn.Core;

namespace RobustWrn.Conformance.Descriptions;

/// <summary>Every description of the library keeps every clause, and the clauses find faults.</summary>
public class DescriptionConformanceTests
{
    public static TheoryData<string> Descriptions() => LibraryDescriptions.Names;

    public static TheoryData<string> Faults() => [.. BrokenDescription.All.Select(description => description.Fault)];

    [Fact]
    public void Library_Scanned_HasTheDescriptionsItNames() =>
        Assert.Superset(new HashSet<string> { "WideResNetSpec", "Pgd", "TrainingRecipe", "Sgd", "DownloadOptions", "SyntheticImages",
            "Budget", "RandomSampler", "ScalingRule" },
            LibraryDescriptions.All.Keys.ToHashSet());

    [Theory]
    [MemberData(nameof(Descriptions))]
    public void Description_OfTheLibrary_KeepsTheContract(string description)
    {
        IDescription usual = LibraryDescriptions.Usual(LibraryDescriptions.All[description]);
        foreach ((string clause, Action<IDescription> check) in DescriptionContract.Clauses)
        {
            Exception? refusal = Record.Exception(() => check(usual));
            Assert.True(refusal is null, $"{description}: {clause}: {refusal}");
        }
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void Contract_DescriptionWithAFault_RefusesIt(string fault)
    {
        BrokenDescription broken = BrokenDescription.All.Single(description => description.Fault == fault);
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => DescriptionContract.Clauses[broken.Clause](broken));
    }
}
