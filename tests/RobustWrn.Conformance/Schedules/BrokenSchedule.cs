using RobustWrn.Core;
using RobustWrn.Training;

namespace RobustWrn.Conformance.Schedules;

/// <summary>A schedule with one fault, to show that the contract finds it.</summary>
internal sealed record BrokenSchedule(string Fault, string Clause, Func<double, double> Rate) : ILearningRateSchedule
{
    private static int _calls;

    public static IReadOnlyList<BrokenSchedule> All { get; } =
    [
        new("divides by the rest", "is finite and not negative at every step", progress => 1 / (0.5 - progress)),
        new("never trains", "trains somewhere", _ => 0),
        new("counts its calls", "depends on the step alone", _ => 1.0 / (1 + Interlocked.Increment(ref _calls))),
        new("has a momentum of 1", "keeps the momentum below 1", _ => 1),
        new("has no name in files", "describes itself", _ => 1),
    ];

    public double Factor(double progress) => Rate(progress);

    public double? MomentumAt(TrainingPosition position) => Clause == "keeps the momentum below 1" ? 1 : null;

    public IEnumerable<Problem> Problems() => [];
}
