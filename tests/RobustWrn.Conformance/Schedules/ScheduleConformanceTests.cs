using RobustWrn.Conformance.Contracts;
using RobustWrn.Training;

namespace RobustWrn.Conformance.Schedules;

/// <summary>Every schedule of learning rates of the library keeps every clause. A new one is found here without a line elsewhere.</summary>
public class ScheduleConformanceTests
{
    public static TheoryData<string, string> AllAndClauses() => Implementations<ILearningRateSchedule>.With(ScheduleContract.Clauses.Keys);

    [Fact]
    public void Library_Scanned_HasThoseItNames() => Assert.Superset(new HashSet<string> { nameof(CosineRate), nameof(WarmUpRate),
        nameof(PiecewiseRate) }, Implementations<ILearningRateSchedule>.All.Keys.ToHashSet());

    [Theory]
    [MemberData(nameof(AllAndClauses))]
    public void Library_EveryImplementation_KeepsTheContract(string name, string clause) =>
        ScheduleContract.Clauses[clause](Implementations<ILearningRateSchedule>.All[name]);

    public static TheoryData<string> Faults() => [.. BrokenSchedule.All.Select(schedule => schedule.Fault)];

    [Theory]
    [MemberData(nameof(Faults))]
    public void Contract_ScheduleWithAFault_RefusesIt(string fault)
    {
        BrokenSchedule broken = BrokenSchedule.All.Single(schedule => schedule.Fault == fault);
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => ScheduleContract.Clauses[broken.Clause](broken));
    }
}
