using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// Steps along the steepest direction of the loss, of lengths that are known beforehand, each projected back into the ball.
/// </summary>
/// <param name="run">The run.</param>
/// <param name="length">The length of a step in the norm, by its number from 0, for pixels in [0, 1].</param>
public sealed class SteepestUpdate(AscentRun run, Func<int, double> length) : AscentUpdate
{
    private PerExample? _stepSize;
    private int _step;

    /// <inheritdoc/>
    public override Tensor StepSize
    {
        get
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor size = run.Images.Value.flatten(1).select(1, 0).FilledLike(length(_step)).reshape(-1, 1, 1, 1);
            if (_stepSize is null)
                _stepSize = run.Active.Keep(size);
            else
                _stepSize.Value = size;
            return _stepSize.Value;
        }
    }

    /// <inheritdoc/>
    public override Tensor Next(Tensor point, Tensor gradient)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor moved = run.Ball.SteepestDirection(gradient).TimesLength(length(_step++)).PlusInPlace(point);
        return run.Ball.Project(moved, run.Images.Value).MoveToOuterDisposeScope();
    }
}
