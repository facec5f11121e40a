using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>The largest absolute value.</summary>
public sealed record LinfNorm : IVectorNorm
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "linf";

    /// <inheritdoc/>
    public string Name => "Linf";

    /// <inheritdoc/>
    public Tensor Of(Tensor rows)
    {
        using DisposeScope scope = NewDisposeScope();
        return rows.abs().amax([1]).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];
}
