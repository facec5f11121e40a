using RobustWrn.Conformance.Contracts;
using RobustWrn.Training;

namespace RobustWrn.Conformance.Schedules;

/// <summary>What any schedule of the threat's radius must keep, clause by clause. Each throws when a schedule breaks it.</summary>
public static class RadiusContract
{
    public static IReadOnlyDictionary<string, Action<IRadiusSchedule>> Clauses { get; } = new Dictionary<string, Action<IRadiusSchedule>>
    {
        ["stays above 0 and at most 1"] = StaysInRange,
        ["reaches the whole radius"] = ReachesTheWholeRadius,
        ["depends on the step alone"] = DependsOnTheStepAlone,
        ["describes itself"] = SharedClauses.DescribesItself,
    };

    private static void StaysInRange(IRadiusSchedule schedule)
    {
        foreach ((int epochs, int steps) in ((int, int)[])[(1, 1), (3, 7), (110, 391)])
            Assert.All(ScheduleContract.Positions(epochs, steps), position =>
                Assert.True(schedule.Factor(position) is > 0 and <= 1, $"{schedule.Factor(position)} at {position}"));
    }

    // Validation is under the whole radius: a training that never sees it is selected on what it was not trained for.
    private static void ReachesTheWholeRadius(IRadiusSchedule schedule)
    {
        double[] factors = [.. ScheduleContract.Positions(40, 10).Select(schedule.Factor)];
        Assert.True(factors[0] <= factors.Max());
        Assert.Equal(1, factors.Max(), 2);
    }

    private static void DependsOnTheStepAlone(IRadiusSchedule schedule)
    {
        double[] forwards = [.. ScheduleContract.Positions(6, 5).Select(schedule.Factor)];
        Assert.Equal(forwards, ScheduleContract.Positions(6, 5).Reverse().Select(schedule.Factor).Reverse());
    }
}
