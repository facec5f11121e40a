using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>How far apart two answers of a model are.</summary>
public interface IOutputDistance : IDescription
{
    /// <summary>The short name in tables: <c>L1</c>, <c>KL</c>.</summary>
    string Name { get; }

    /// <summary>The distance of each pair of answers.</summary>
    /// <param name="logits">The model's logits of the images, (N, classes).</param>
    /// <param name="perturbed">The model's logits of the perturbed images, (N, classes).</param>
    /// <returns>(N), float64. The caller disposes it.</returns>
    Tensor Between(Tensor logits, Tensor perturbed);
}
