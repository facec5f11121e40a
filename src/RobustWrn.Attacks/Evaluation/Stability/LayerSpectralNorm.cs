using RobustWrn.Core;

namespace RobustWrn.Attacks;

/// <summary>The spectral norm of a convolution or linear layer, as the operator that it is on features of its input's size.</summary>
/// <param name="Layer">Its name in the network.</param>
/// <param name="Stage">The stage it computes in: <c>stem</c>, <c>stage 1</c>, ..., <c>pooled</c>, <c>logits</c>.</param>
/// <param name="Input">The shape of its input for one image: channels, rows and columns of a convolution.</param>
/// <param name="Norm">Its norm.</param>
public sealed record LayerSpectralNorm(string Layer, string Stage, ValueList<long> Input, SpectralNorm Norm)
{
    /// <summary>The layer, its stage and its norm.</summary>
    public override string ToString() => $"{Layer} ({Stage}): {Norm}";
}
