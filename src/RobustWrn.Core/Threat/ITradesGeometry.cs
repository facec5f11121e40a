namespace RobustWrn.Core;

/// <summary>
/// The part of a norm under which the published code of TRADES (Zhang et al. 2019, arXiv 1901.08573) ascends in a geometry of its own.
/// Under other norms the inner ascent is the threat model's, with steps of 2.5 epsilon / steps.
/// </summary>
public interface ITradesGeometry
{
    /// <summary>The ball of the inner ascent.</summary>
    IBall TradesBall();

    /// <summary>The length of its steps, in the threat's norm and pixel units.</summary>
    /// <param name="steps">How many there are.</param>
    double TradesStep(int steps);
}
