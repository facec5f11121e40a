using RobustWrn.Attacks;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Outside.Tests;

/// <summary>A rule of somebody else's that remembers: gradients divided by the root of their mean square on the way.</summary>
/// <param name="Share">The length of a step, as a share of epsilon.</param>
public sealed record RmsStep(double Share = 0.25) : IStepRule
{
    public const string TypeName = "outside-rms";

    private const double Decay = 0.9, Offset = 1e-6;

    public AscentUpdate Begin(AscentRun run) => new Update(
        new SteepestUpdate(run, _ => Share * run.Threat.Epsilon), run.Active.Keep(ones_like(run.Start)));

    public IEnumerable<Problem> Problems() => Rule.InClosed(Share, 0.001, 1);

    private sealed class Update(SteepestUpdate steps, PerExample square) : AscentUpdate
    {
        public override Tensor StepSize => steps.StepSize;

        public override Tensor Next(Tensor point, Tensor gradient)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor slope = gradient / gradient.RowScale();
            square.Value = square.Value.Times(Decay).Plus(slope.Squared().Times(1 - Decay));
            return steps.Next(point, slope / square.Value.sqrt().Plus(Offset)).MoveToOuterDisposeScope();
        }
    }
}
