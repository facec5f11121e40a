using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>A model returned NaN or infinity, so neither accuracy nor an attack on it means anything.</summary>
public sealed class NonFiniteLogitsException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="rows">How many images got a non-finite logit.</param>
    /// <param name="total">Out of how many.</param>
    public NonFiniteLogitsException(long rows, long total)
        : base($"logits must be finite, got NaN or infinity for {rows} of {Quantity.Of(total, "image")}. "
            + "Check the weights (was the training stable, does the file belong to this network?) and that pixels are in [0, 1].") =>
        (Rows, Total) = (rows, total);

    /// <summary>How many images got a non-finite logit.</summary>
    public long Rows { get; }

    /// <summary>Out of how many.</summary>
    public long Total { get; }

    /// <summary>Throws when a logit is NaN or infinite.</summary>
    /// <param name="logits">(N, classes); not changed, not disposed.</param>
    public static void ThrowIfAny(Tensor logits)
    {
        using DisposeScope scope = NewDisposeScope();
        long bad = logits.isfinite().all(1).logical_not().sum().item<long>();
        if (bad > 0)
            throw new NonFiniteLogitsException(bad, logits.shape[0]);
    }
}
