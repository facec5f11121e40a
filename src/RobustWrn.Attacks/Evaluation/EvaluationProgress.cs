using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Attacks;

/// <summary>How far an evaluation is. Reported after each attack on each block, outside any dispose scope of the evaluation.</summary>
/// <param name="Attack">The attack that has just run.</param>
/// <param name="Done">Images it is done with, counting those that were wrong before it.</param>
/// <param name="Total">Images in all.</param>
/// <param name="Survivors">Images of the blocks so far that are still classified rightly after it.</param>
public readonly record struct EvaluationProgress(string Attack, long Done, long Total, long Survivors)
{
    /// <summary>The attack's place in the suite, from 1.</summary>
    public int AttackNumber { get; init; }

    /// <summary>Attacks of the suite.</summary>
    public int AttackCount { get; init; }

    /// <summary>The radius of the threat: a curve goes through several.</summary>
    public double Epsilon { get; init; }

    /// <summary>Time since the evaluation began, or since it went on with its journal.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>
    /// What the rest of the evaluation, at this radius, will take if it goes on as it went: learnt from the times of each attack so far, those that a journal holds among them, and from how many
    /// images each left. The first blocks tell little: before an attack has run, it is taken to need the gradients it asks for at most.
    /// </summary>
    public TimeSpan Remaining { get; init; }

    /// <summary>Whether this step was not computed but taken from the journal of an earlier run.</summary>
    public bool IsResumed { get; init; }

    /// <summary>
    /// The upper bound of the robust accuracy so far, all that is left counted as robust; null where the evaluation has nothing to reach
    /// (<see cref="RobustnessEvaluation.Race"/>).
    /// </summary>
    public Proportion? AtMost { get; init; }

    /// <summary>Attack, images and time to the end as one line.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Attack} ({AttackNumber} of {AttackCount}): {Done} of {Quantity.Of(Total, "image")} done, {Survivors} still right, ")
        + $"{Quantity.Short(Remaining)} left{(IsResumed ? ", resumed" : "")}";
}
