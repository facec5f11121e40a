using RobustWrn.Conformance.Contracts;
using RobustWrn.Training;

namespace RobustWrn.Conformance.Schedules;

/// <summary>Every schedule of the radius of the library keeps every clause. A new one is found here without a line elsewhere.</summary>
public class RadiusConformanceTests
{
    public static TheoryData<string, string> AllAndClauses() => Implementations<IRadiusSchedule>.With(RadiusContract.Clauses.Keys);

    [Fact]
    public void Library_Scanned_HasThoseItNames() => Assert.Superset(new HashSet<string> { nameof(LinearRadius), nameof(CosineRadius) },
        Implementations<IRadiusSchedule>.All.Keys.ToHashSet());

    [Theory]
    [MemberData(nameof(AllAndClauses))]
    public void Library_EveryImplementation_KeepsTheContract(string name, string clause) =>
        RadiusContract.Clauses[clause](Implementations<IRadiusSchedule>.All[name]);
}
