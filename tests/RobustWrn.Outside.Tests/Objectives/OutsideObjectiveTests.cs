using RobustWrn.Conformance.Descriptions;
using RobustWrn.Conformance.Objectives;

namespace RobustWrn.Outside.Tests;

/// <summary>An objective written outside the library keeps the contract that the library's own keep.</summary>
public class OutsideObjectiveTests
{
    public static TheoryData<string> Clauses() => [.. ObjectiveContract.Clauses.Keys];

    public static TheoryData<string> DescriptionClauses() => [.. DescriptionContract.Clauses.Keys];

    [Theory]
    [MemberData(nameof(Clauses))]
    public void Evaluate_ObjectiveOfSomebodyElse_KeepsTheContract(string clause) => ObjectiveContract.Clauses[clause](new LogitPairing());

    [Theory]
    [MemberData(nameof(DescriptionClauses))]
    public void Description_OfSomebodyElse_KeepsTheContract(string clause) => DescriptionContract.Clauses[clause](new LogitPairing());
}
