using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>The sum of absolute values.</summary>
public sealed record L1Norm : IVectorNorm
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "l1";

    /// <inheritdoc/>
    public string Name => "L1";

    /// <inheritdoc/>
    public Tensor Of(Tensor rows)
    {
        using DisposeScope scope = NewDisposeScope();
        return rows.abs().sum(1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];
}
