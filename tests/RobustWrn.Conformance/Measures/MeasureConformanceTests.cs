using System.Reflection;
using RobustWrn.Attacks;

namespace RobustWrn.Conformance.Measures;

/// <summary>Every measure of the library keeps every clause, and the clauses find faults.</summary>
[Collection(nameof(TorchGenerator))]
public class MeasureConformanceTests
{
    private static readonly IReadOnlyDictionary<string, Type> Library = Directory.GetFiles(AppContext.BaseDirectory, "RobustWrn*.dll")
        .Select(path => Path.GetFileNameWithoutExtension(path)!)
        .Where(name => name != typeof(MeasureConformanceTests).Assembly.GetName().Name)
        .SelectMany(name => Assembly.Load(name).GetTypes())
        .Where(type => type is { IsAbstract: false, IsInterface: false } && typeof(IPairMeasure).IsAssignableFrom(type))
        .ToDictionary(type => type.Name);

    public static TheoryData<string, string> MeasuresAndClauses()
    {
        TheoryData<string, string> pairs = [];
        foreach (string measure in Library.Keys)
        {
            foreach (string clause in MeasureContract.Clauses.Keys)
                pairs.Add(measure, clause);
        }
        return pairs;
    }

    public static TheoryData<string> Faults() => [.. BrokenMeasure.All.Select(measure => measure.Fault)];

    [Fact]
    public void Library_Scanned_HasTheMeasuresItNames() => Assert.Superset(new HashSet<string> { nameof(LocalLipschitz), nameof(Fosc) }, Library.Keys.ToHashSet());

    [Theory]
    [MemberData(nameof(MeasuresAndClauses))]
    public void Measure_OfTheLibrary_KeepsTheContract(string measure, string clause) => MeasureContract.Clauses[clause]((IPairMeasure)Activator.CreateInstance(Library[measure])!);

    [Theory]
    [MemberData(nameof(Faults))]
    public void Contract_MeasureWithAFault_RefusesIt(string fault)
    {
        BrokenMeasure broken = BrokenMeasure.All.Single(measure => measure.Fault == fault);
        Exception refusal = Assert.ThrowsAny<Exception>(() => MeasureContract.Clauses[broken.Clause](broken));
        // An assertion, or what measuring or storing says: not an error of the check itself.
        Assert.True(refusal is Xunit.Sdk.XunitException or InvalidOperationException, refusal.ToString());
    }
}
