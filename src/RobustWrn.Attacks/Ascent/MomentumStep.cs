using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// Steps of one length along a momentum of gradients that are each divided by their absolute sum (Dong et al. 2018, arXiv 1710.06081).
/// </summary>
/// <param name="Length">The length, in the threat's norm, for pixels in [0, 1].</param>
public sealed record MomentumStep(double Length) : IStepRule
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "momentum";

    /// <summary>The share of the momentum that is kept from step to step (mu). Default 1 (Dong et al. 2018).</summary>
    public double Decay { get; init; } = 1;

    /// <inheritdoc/>
    public AscentUpdate Begin(AscentRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return new Update(new SteepestUpdate(run, _ => Length), run.Active.Keep(zeros_like(run.Images.Value)), Decay);
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [.. Rule.Positive(Length), .. Rule.NotNegative(Decay)];

    private sealed class Update(SteepestUpdate steps, PerExample momentum, double decay) : AscentUpdate
    {
        public override Tensor StepSize => steps.StepSize;

        public override Tensor Next(Tensor point, Tensor gradient)
        {
            using DisposeScope scope = NewDisposeScope();
            // By the largest value first: the sum of many large ones overflows, and subnormal ones have too few digits to be added up.
            Tensor scaled = gradient / gradient.RowScale(), sum = scaled.abs().sum([1, 2, 3], keepdim: true);
            momentum.Value.TimesInPlace(decay).PlusInPlace(scaled / where(sum.IsEqualTo(0), ones_like(sum), sum));
            return steps.Next(point, momentum.Value).MoveToOuterDisposeScope();
        }
    }
}
