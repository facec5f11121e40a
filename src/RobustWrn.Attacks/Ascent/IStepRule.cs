using RobustWrn.Core;

namespace RobustWrn.Attacks;

/// <summary>How long the steps of gradient ascent are.</summary>
public interface IStepRule : IDescription
{
    /// <summary>The length of one step, in the threat's norm, for pixels in [0, 1].</summary>
    /// <param name="step">Which one, from 0.</param>
    /// <param name="steps">Out of how many.</param>
    double Size(int step, int steps);
}
