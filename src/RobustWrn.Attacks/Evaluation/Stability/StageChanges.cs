using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>Collects how far each stage's features move between an image and its perturbed version, relative to their length.</summary>
internal sealed class StageChanges
{
    /// <summary>
    /// Features shorter than this count as this long, so that a stage whose features are all zero has change 0, not NaN. No other float32
    /// features are.
    /// </summary>
    private const double ShortestFeatures = 1e-45;

    private readonly List<(string Name, List<double> Changes)> _stages = [];

    /// <summary>For each stage ||f(x') - f(x)|| / ||f(x)||, one number a pair; the pixels are first, the logits last.</summary>
    public IReadOnlyList<(string Name, List<double> Changes)> Stages => _stages;

    /// <summary>Runs both halves of a block through the model, which is in evaluation mode.</summary>
    /// <returns>The logits of the images and of the perturbed images, (N, classes) each. The caller disposes them.</returns>
    public (Tensor Logits, Tensor Perturbed) Forward(nn.Module<Tensor, Tensor> model, AttackedModel attacked, ImagePairs block)
    {
        using DisposeScope scope = NewDisposeScope();
        List<(string Name, Tensor Features)> clean = [];
        int at = 0;
        // A stage computes in a dispose scope of its own, and the next may write over its features: keep copies.
        Tensor logits, perturbed;
        try
        {
            logits = Forward(model, attacked, block.Images, (name, features) => clean.Add((name, features.clone().DetachFromDisposeScope())));
            Add(0, "pixels", block.Images, block.Perturbed);
            perturbed = Forward(model, attacked, block.Perturbed, (name, features) =>
            {
                if (at >= clean.Count || clean[at].Name != name || !clean[at].Features.shape.SequenceEqual(features.shape))
                    throw new InvalidOperationException($"a network must show the same stages with the same shapes for every batch, got another \"{name}\" ({string.Join(", ", features.shape)}) the second time.");
                Add(at + 1, name, clean[at].Features, features);
                at++;
            });
            Add(at + 1, "logits", logits, perturbed);
        }
        finally
        {
            clean.ForEach(stage => stage.Features.Dispose());
        }
        return (logits.MoveToOuterDisposeScope(), perturbed.MoveToOuterDisposeScope());
    }

    private static Tensor Forward(nn.Module<Tensor, Tensor> model, AttackedModel attacked, Tensor images, Action<string, Tensor> observe) =>
        model is IStagedNetwork staged ? attacked.LogitsBy(images, asked => staged.ForwardByStage(asked, observe)) : attacked.Logits(images);

    private void Add(int stage, string name, Tensor before, Tensor after)
    {
        using DisposeScope scope = NewDisposeScope();
        if (stage == _stages.Count)
            _stages.Add((name, []));
        Tensor change = (after - before).RowLength(VectorNorm.L2), length = before.RowLength(VectorNorm.L2).ClampInPlace(ShortestFeatures, double.PositiveInfinity);
        _stages[stage].Changes.AddRange((change / length).ToDoubles());
    }
}
