using System.Text.Json.Nodes;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// The empirical local Lipschitz constant: how far the answer moves for the way the image moved, D(f(x), f(x')) / ||x - x' + offset||, with x' from an attack
/// (Yang et al. 2020, arXiv 2003.02460; Huang et al. 2021 average it over the images to compare architectures).
/// </summary>
public sealed record LocalLipschitz : IPairMeasure, IMigratedDescription
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "local-lipschitz";

    /// <summary>How far the answer moved. Default: L1 of the logits, as in the code of Huang et al. 2021, which also uses KL.</summary>
    public IOutputDistance Output { get; init; } = new LogitDistance();

    /// <summary>How far the image moved. Default: Linf, as in the code of Huang et al. 2021.</summary>
    public IVectorNorm Input { get; init; } = VectorNorm.Linf;

    /// <summary>
    /// Added to every entry of x - x', not to its length, so that an image that did not move has constant 0 and not NaN. Default 1e-6, as in the code of
    /// Huang et al. 2021.
    /// </summary>
    public double Offset { get; init; } = 1e-6;

    /// <inheritdoc/>
    public string Name => $"local Lipschitz, {Output.Name} / {Input.Name}";

    /// <inheritdoc/>
    public static void Migrate(JsonObject stored) => FormerNorm.Migrate(stored, "input");

    /// <inheritdoc/>
    public Tensor PerExample(PairContext context)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor moved = (context.Pairs.Images.to(ScalarType.Float64) - context.Pairs.Perturbed).Plus(Offset).RowLength(Input);
        return (Output.Between(context.Logits, context.PerturbedLogits) / moved).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. Output.ProblemsAs(nameof(Output)), .. Rule.Positive(Offset), .. Input.ProblemsAs(nameof(Input)),
    ];
}
