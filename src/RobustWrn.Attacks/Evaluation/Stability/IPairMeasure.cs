using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>A number for each pair of an image and its perturbed version: how sensitive the model is there.</summary>
public interface IPairMeasure : IDescription
{
    /// <summary>The name in tables.</summary>
    string Name { get; }

    /// <summary>Measures a block of pairs.</summary>
    /// <param name="context">The pairs and what the model says of them.</param>
    /// <returns>(N), finite. The caller disposes it.</returns>
    Tensor PerExample(PairContext context);
}

/// <summary>What a measure works on. Owns nothing.</summary>
/// <param name="Model">The model, in evaluation mode, its parameters frozen.</param>
/// <param name="Pairs">The pairs, dtype and device of the model.</param>
/// <param name="Logits">The model's logits of the images, (N, classes), without a graph.</param>
/// <param name="PerturbedLogits">The model's logits of the perturbed images, (N, classes), without a graph.</param>
public sealed record PairContext(AttackedModel Model, ImagePairs Pairs, Tensor Logits, Tensor PerturbedLogits);
