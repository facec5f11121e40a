using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>All that a pruner may look at.</summary>
public sealed record PrunerContext
{
    /// <summary>The view of a trial at a rung.</summary>
    /// <param name="ladder">The steps of every trial of the study.</param>
    /// <param name="rung">The step after which the trial stands.</param>
    /// <param name="trial">The trial; what it reported after the rung is left out.</param>
    /// <param name="others">
    /// The trials that it may be compared with, in any order: in the deterministic mode those of earlier batches in full and those of its
    /// own up to the rung. The trial itself is left out where it is among them.
    /// </param>
    /// <param name="stream">The trial's randomness.</param>
    public PrunerContext(TrainingLadder ladder, int rung, TrialCurve trial, ValueList<TrialCurve> others, RandomStream stream)
    {
        ArgumentNullException.ThrowIfNull(ladder);
        ArgumentNullException.ThrowIfNull(trial);
        ArgumentNullException.ThrowIfNull(others);
        (Ladder, Rung, Trial, Stream) = (ladder, rung, trial.UpTo(rung), stream);
        Others = Sorted(others, trial.Number);
    }

    /// <summary>The steps of every trial of the study.</summary>
    public TrainingLadder Ladder { get; }

    /// <summary>The step after which the trial stands.</summary>
    public int Rung { get; }

    /// <summary>The trial, up to the rung.</summary>
    public TrialCurve Trial { get; }

    /// <summary>The trials that it may be compared with, by number.</summary>
    public ValueList<TrialCurve> Others { get; }

    /// <summary>The trial's randomness.</summary>
    public RandomStream Stream { get; }

    /// <summary>The trial, the rung and the number of others.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"trial {Trial.Number} at step {Rung} of {Ladder.LastStep} beside {Others.Count} others");

    // Mostly they are in order.
    private static ValueList<TrialCurve> Sorted(ValueList<TrialCurve> others, int without)
    {
        List<TrialCurve> kept = new(others.Count);
        bool ascend = true;
        foreach (TrialCurve other in others.AsSpan())
        {
            if (other.Number == without)
                continue;
            ascend &= kept.Count == 0 || kept[^1].Number <= other.Number;
            kept.Add(other);
        }
        return ascend ? [.. kept] : [.. kept.OrderBy(other => other.Number)];
    }
}
