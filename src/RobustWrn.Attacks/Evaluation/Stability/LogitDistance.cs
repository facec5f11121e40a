using System.Text.Json.Nodes;
using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>The length of the difference of the logits.</summary>
public sealed record LogitDistance : IOutputDistance, IMigratedDescription
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "logits";

    /// <summary>The length. Default: L1, as in the code of Huang et al. 2021.</summary>
    public IVectorNorm Norm { get; init; } = VectorNorm.L1;

    /// <inheritdoc/>
    public string Name => Norm.Name;

    /// <inheritdoc/>
    public static void Migrate(JsonObject stored) => FormerNorm.Migrate(stored, "norm");

    /// <inheritdoc/>
    public Tensor Between(Tensor logits, Tensor perturbed)
    {
        using Tensor difference = logits - perturbed;
        return difference.RowLength(Norm);
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => Norm.ProblemsAs(nameof(Norm));
}
