using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>Euclidean length.</summary>
public sealed record L2Norm : IVectorNorm
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "l2";

    /// <inheritdoc/>
    public string Name => "L2";

    /// <inheritdoc/>
    public Tensor Of(Tensor rows)
    {
        using DisposeScope scope = NewDisposeScope();
        return rows.Squared().sum(1).sqrt().MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];
}
