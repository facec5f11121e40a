using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>How far a perturbation has grown at the end of a stage.</summary>
/// <param name="Stage">The stage: <c>pixels</c> first, then what the network shows (<see cref="IStagedNetwork"/>), <c>logits</c> last.</param>
/// <param name="RelativeChange">||f(x') - f(x)||_2 / ||f(x)||_2 of the stage's features, over all images.</param>
/// <param name="Amplification">
/// The relative change over that of the stage before, image by image, over the images that had changed there; null for the pixels, and where no image had.
/// Above 1 the stage makes the perturbation larger.
/// </param>
public sealed record StageSensitivity(string Stage, SampleSummary RelativeChange, SampleSummary? Amplification)
{
    /// <summary>Follows the perturbation through the stages of a network.</summary>
    /// <param name="model">
    /// Any module from (N, C, H, W) in [0, 1] to logits (N, classes); one that is not <see cref="IStagedNetwork"/> has only pixels and logits.
    /// Measured in evaluation mode; flags and buffers come back exactly.
    /// </param>
    /// <param name="pairs">The images and what an attack made of them.</param>
    /// <param name="blockSize">Pairs measured together. It changes results only by rounding.</param>
    /// <param name="cancellationToken">Checked between blocks.</param>
    /// <exception cref="ArgumentException">The pairs cannot be measured: see <see cref="ImagePairs.ThrowIfInvalid"/>; or a label has no logit.</exception>
    /// <exception cref="NonFiniteLogitsException">The model returned NaN or infinity.</exception>
    public static ValueList<StageSensitivity> Measure(nn.Module<Tensor, Tensor> model, ImagePairs pairs, int blockSize = 128, CancellationToken cancellationToken = default)
    {
        StageChanges stages = new();
        new PairPass(model, [], stages).Run(pairs, blockSize, cancellationToken);
        return Of(stages);
    }

    internal static ValueList<StageSensitivity> Of(StageChanges stages)
    {
        List<StageSensitivity> rows = [];
        IReadOnlyList<double>? before = null;
        foreach ((string name, List<double> changes) in stages.Stages)
        {
            double[] ratios = before is null ? [] : [.. changes.Zip(before).Where(pair => pair.Second > 0).Select(pair => pair.First / pair.Second)];
            rows.Add(new StageSensitivity(name, SampleSummary.Of([.. changes]), ratios.Length > 0 ? SampleSummary.Of(ratios) : null));
            before = changes;
        }
        return rows.ToValueList();
    }

    /// <summary>The stage and how the perturbation grows in it.</summary>
    public override string ToString() =>
        $"{Stage}: relative change {RelativeChange}{(Amplification is null ? "" : $", amplification {Amplification}")}";
}
