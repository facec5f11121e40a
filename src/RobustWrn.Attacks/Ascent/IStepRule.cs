using RobustWrn.Core;

namespace RobustWrn.Attacks;

/// <summary>The steps of gradient ascent: their length and direction, and what they learn on the way.</summary>
/// <remarks>
/// The rule is a description; what it remembers of a run lies in the <see cref="AscentUpdate"/> that it begins. A rule that only says how
/// long steps are begins a <see cref="SteepestUpdate"/>:
/// <c>Begin(run) => new SteepestUpdate(run, step => First / (1 + step))</c>.
/// </remarks>
public interface IStepRule : IDescription
{
    /// <summary>
    /// Says that the run keeps the best point of each example, tells the update of it, and ends with it or with the first that fools the
    /// model. Default: no, a run ends with its last point, which nobody looks at.
    /// </summary>
    bool KeepsBest => false;

    /// <summary>Begins a run.</summary>
    /// <param name="run">The run.</param>
    AscentUpdate Begin(AscentRun run);
}
