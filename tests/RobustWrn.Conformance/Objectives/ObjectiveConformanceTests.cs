using RobustWrn.Core;
using RobustWrn.Training;

namespace RobustWrn.Conformance.Objectives;

/// <summary>Every objective of the library keeps every clause, and the clauses find faults.</summary>
[Collection(nameof(TorchGenerator))]
public class ObjectiveConformanceTests
{
    private static readonly SortedDictionary<string, IRobustObjective> Library = new(
        typeof(IRobustObjective).Assembly.GetTypes()
            .Where(type => typeof(IRobustObjective).IsAssignableFrom(type) && !type.IsAbstract)
            .ToDictionary(type => type.Name, type => (IRobustObjective)Activator.CreateInstance(type)!), StringComparer.Ordinal);

    public static TheoryData<string> Names() => [.. Library.Keys];

    public static TheoryData<string, string> Pairs()
    {
        TheoryData<string, string> pairs = [];
        foreach (string objective in Library.Keys)
        {
            foreach (string clause in ObjectiveContract.Clauses.Keys)
                pairs.Add(objective, clause);
        }
        return pairs;
    }

    public static TheoryData<string> Faults() => [.. BrokenObjective.All.Select(objective => objective.Fault)];

    [Fact]
    public void Library_Scanned_HasTheObjectivesItNames() => Assert.Superset(new HashSet<string> { nameof(Natural), nameof(Madry), nameof(Trades), nameof(Mart), nameof(FastAdversarial) }, Library.Keys.ToHashSet());

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Evaluate_ObjectiveOfTheLibrary_KeepsTheContract(string objective, string clause) => ObjectiveContract.Clauses[clause](Library[objective]);

    [Theory]
    [MemberData(nameof(Names))]
    public void Defaults_AsJson_AreValidAndComeBackEqual(string name)
    {
        IRobustObjective objective = Library[name];

        Assert.Empty(objective.Problems());
        Assert.False(string.IsNullOrWhiteSpace(objective.Name));
        Assert.Equal(objective, DescriptionJson.Read<IRobustObjective>(DescriptionJson.Write(objective)));
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void Contract_ObjectiveWithAFault_RefusesIt(string fault)
    {
        BrokenObjective broken = BrokenObjective.All.Single(objective => objective.Fault == fault);

        Exception refusal = Assert.ThrowsAny<Exception>(() => ObjectiveContract.Clauses[broken.Clause](broken));

        Assert.IsType<Xunit.Sdk.XunitException>(refusal, exactMatch: false);
    }

    [Theory]
    [InlineData("label smoothing")]
    [InlineData("inner attack")]
    public void Contract_ObjectiveThatDoesNothingWithAnOption_RefusesIt(string clause)
    {
        Exception refusal = Assert.ThrowsAny<Exception>(() => ObjectiveContract.Clauses[clause](new DeafObjective()));

        Assert.IsType<Xunit.Sdk.XunitException>(refusal, exactMatch: false);
    }
}
