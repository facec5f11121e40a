using RobustWrn.Core;

namespace RobustWrn.Training;

/// <summary>
/// How the threat's radius grows while training: a pure function, so that a resumed run needs no saved state.
/// Validation is always under the whole radius.
/// </summary>
public interface IRadiusSchedule : IDescription
{
    /// <summary>What the threat's radius is multiplied by at a step, in (0, 1].</summary>
    /// <param name="position">The step.</param>
    double Factor(TrainingPosition position);
}
