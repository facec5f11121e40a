using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>A length of vectors: of moved pixels, of changed logits.</summary>
/// <remarks>One of one's own is a record with a constant <c>TypeName</c>, as any description is.</remarks>
public interface IVectorNorm : IDescription
{
    /// <summary>The short name in tables: <c>L1</c>.</summary>
    string Name { get; }

    /// <summary>The length of each row.</summary>
    /// <param name="rows">(N, D), float64; not changed, not disposed.</param>
    /// <returns>(N), float64, a new tensor. The caller disposes it.</returns>
    Tensor Of(Tensor rows);
}
