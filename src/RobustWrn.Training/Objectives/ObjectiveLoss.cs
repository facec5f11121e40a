using static TorchSharp.torch;

namespace RobustWrn.Training;

/// <summary>The loss of one batch. Owns its tensors.</summary>
/// <param name="total">What is minimised: a scalar with its graph.</param>
/// <param name="logits">
/// The logits of the images it was trained on, the adversarial ones where there are some, (N, classes), without a graph.
/// </param>
/// <param name="adversarial">The images of the inner attack, (N, C, H, W), or null when there was none.</param>
/// <param name="parts">The terms of the total by name, and what else belongs into a table of the training; scalars without a graph.</param>
public sealed class ObjectiveLoss(Tensor total, Tensor logits, Tensor? adversarial, params ReadOnlySpan<LossPart> parts) : IDisposable
{
    /// <summary>The loss that is minimised: a scalar with its graph.</summary>
    public Tensor Total { get; } = total;

    /// <summary>
    /// Logits in the update's forward pass, (N, classes), without a graph: of the adversarial images where there are some.
    /// </summary>
    public Tensor Logits { get; } = logits;

    /// <summary>The images of the inner attack, (N, C, H, W), or null when there was none.</summary>
    public Tensor? Adversarial { get; } = adversarial;

    /// <summary>
    /// The terms of the total by name, before their weights, and what else belongs into a table of the training, such as what a guard
    /// saw; scalars without a graph.
    /// </summary>
    public IReadOnlyList<LossPart> Parts { get; } = parts.ToArray();

    /// <inheritdoc/>
    public void Dispose()
    {
        Total.Dispose();
        Logits.Dispose();
        Adversarial?.Dispose();
        foreach (LossPart part in Parts)
            part.Value.Dispose();
    }

    /// <summary>Hands all tensors to the dispose scope around the current one: the last call of an objective that opened a scope.</summary>
    /// <returns>This loss.</returns>
    public ObjectiveLoss MoveToOuterDisposeScope()
    {
        Total.MoveToOuterDisposeScope();
        Logits.MoveToOuterDisposeScope();
        Adversarial?.MoveToOuterDisposeScope();
        foreach (LossPart part in Parts)
            part.Value.MoveToOuterDisposeScope();
        return this;
    }
}

/// <summary>One term of a loss, or a number that goes with it.</summary>
/// <param name="Name">Its name: <c>natural</c>, <c>robust</c>.</param>
/// <param name="Value">A scalar without a graph.</param>
public readonly record struct LossPart(string Name, Tensor Value)
{
    /// <summary>The name; its value is a tensor.</summary>
    public override string ToString() => Name;
}
