using RobustWrn.Conformance.Contracts;
using RobustWrn.Core;
using RobustWrn.Training;

namespace RobustWrn.Conformance.Schedules;

/// <summary>What any schedule of learning rates must keep, clause by clause. Each throws when a schedule breaks it.</summary>
public static class ScheduleContract
{
    // Runs of one step, of one epoch, short and published ones.
    private static readonly (int Epochs, int Steps)[] Runs = [(1, 1), (1, 50), (3, 7), (110, 391), (200, 4)];

    public static IReadOnlyDictionary<string, Action<ILearningRateSchedule>> Clauses { get; } = new Dictionary<string,
        Action<ILearningRateSchedule>>
    {
        ["is finite and not negative at every step"] = IsFiniteAndNotNegative,
        ["trains somewhere"] = TrainsSomewhere,
        ["depends on the step alone"] = DependsOnTheStepAlone,
        ["keeps the momentum below 1"] = KeepsTheMomentumBelow1,
        ["has a step by step form that keeps to this"] = HasAStepByStepForm,
        ["describes itself"] = DescribesItself,
    };

    private static void IsFiniteAndNotNegative(ILearningRateSchedule schedule)
    {
        foreach (TrainingPosition position in Runs.SelectMany(run => Positions(run.Epochs, run.Steps)))
            Assert.True(double.IsFinite(schedule.FactorAt(position)) && schedule.FactorAt(position) >= 0,
                $"{schedule.FactorAt(position)} at {position}");
        for (double progress = 0; progress < 1; progress += 0.001)
            Assert.True(double.IsFinite(schedule.Factor(progress)) && schedule.Factor(progress) >= 0,
                $"{schedule.Factor(progress)} at {progress}");
    }

    private static void TrainsSomewhere(ILearningRateSchedule schedule)
    {
        foreach ((int epochs, int steps) in Runs.Where(run => run.Epochs * run.Steps > 1))
            Assert.Contains(Positions(epochs, steps), position => schedule.FactorAt(position) > 0);
    }

    // A resumed run asks in the middle, a report asks twice: nothing may be remembered between calls.
    private static void DependsOnTheStepAlone(ILearningRateSchedule schedule)
    {
        TrainingPosition[] positions = [.. Positions(6, 5)];
        double[] forwards = [.. positions.Select(schedule.FactorAt)];
        double[] backwards = [.. positions.Reverse().Select(schedule.FactorAt).Reverse()];
        Assert.Equal(forwards, backwards);
        Assert.Equal(forwards, positions.Select(schedule.FactorAt));
        Assert.Equal(positions.Select(schedule.MomentumAt), positions.Reverse().Select(schedule.MomentumAt).Reverse());
    }

    private static void KeepsTheMomentumBelow1(ILearningRateSchedule schedule)
    {
        foreach (TrainingPosition position in Runs.SelectMany(run => Positions(run.Epochs, run.Steps)))
            Assert.True(schedule.MomentumAt(position) is null or >= 0 and < 1, $"{schedule.MomentumAt(position)} at {position}");
    }

    private static void HasAStepByStepForm(ILearningRateSchedule schedule)
    {
        ILearningRateSchedule byStep = schedule.ByStep();
        Assert.Equal(byStep, byStep.ByStep());
        IsFiniteAndNotNegative(byStep);
        TrainsSomewhere(byStep);
    }

    private static void DescribesItself(ILearningRateSchedule schedule)
    {
        SharedClauses.DescribesItself(schedule);
        ILearningRateSchedule read = DescriptionJson.Read<ILearningRateSchedule>(DescriptionJson.Write(schedule));
        Assert.All(Positions(5, 3), position => Assert.Equal(schedule.FactorAt(position), read.FactorAt(position)));
    }

    public static IEnumerable<TrainingPosition> Positions(int epochs, int steps) =>
        from epoch in Enumerable.Range(0, epochs)
        from step in Enumerable.Range(0, steps)
        where step % Math.Max(1, steps / 20) == 0
        select new TrainingPosition(epoch, epochs, step, steps);
}
