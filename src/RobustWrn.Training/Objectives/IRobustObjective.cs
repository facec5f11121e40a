using RobustWrn.Core;

namespace RobustWrn.Training;

/// <summary>The objective that training minimises: from a batch to a scalar whose graph reaches the network's parameters.</summary>
/// <remarks>
/// An objective is a sealed record with defaults sourced in its doc comments. An attack inside it runs through
/// <see cref="Attacks.AttackedModel"/>: in evaluation mode but for what the context says of batch norm, with frozen parameters,
/// restored exactly. The forward passes of the update run in the mode the model came in, training mode. It draws only from the context's
/// noise.
/// </remarks>
public interface IRobustObjective : IDescription
{
    /// <summary>A short name for tables and results: <c>TRADES</c>.</summary>
    string Name { get; }

    /// <summary>
    /// The number of forward passes in training mode of one evaluation, whose activations are all kept until its gradient is taken.
    /// Default 1.
    /// </summary>
    int ForwardPasses => 1;

    /// <summary>
    /// Problems that keep it from training under a threat model, before anything is computed: a part of the norm that its inner attack
    /// needs and misses. Default: nothing.
    /// </summary>
    /// <param name="threat">How far images may move.</param>
    IEnumerable<Problem> ProblemsUnder(ThreatModel threat) => [];

    /// <summary>The loss of one batch.</summary>
    /// <param name="context">Model in training mode, images, labels, threat and randomness.</param>
    /// <param name="cancellationToken">Checked between the steps of an inner attack.</param>
    /// <returns>The loss with its graph. The caller disposes it.</returns>
    /// <exception cref="InvalidDescriptionException">The objective has problems.</exception>
    /// <exception cref="OperationCanceledException">
    /// The token was cancelled; mode, gradient flags and buffers of the model are as they were.
    /// </exception>
    ObjectiveLoss Evaluate(ObjectiveContext context, CancellationToken cancellationToken = default);
}
