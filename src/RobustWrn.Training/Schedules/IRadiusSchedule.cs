using RobustWrn.Core;

namespace RobustWrn.Training;

/// <summary>
/// The growth of the threat's radius over a training: a pure function, so that a resumed run needs no saved state.
/// Validation is always under the whole radius.
/// </summary>
public interface IRadiusSchedule : IDescription
{
    /// <summary>The factor of the threat's radius at a step, in (0, 1].</summary>
    /// <param name="position">The step.</param>
    double Factor(TrainingPosition position);
}
