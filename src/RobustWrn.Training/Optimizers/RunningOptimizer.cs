using RobustWrn.Core;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Training;

/// <summary>
/// An optimiser at work on one network: it owns what it remembers between steps, by name, so that it can be saved and restored exactly.
/// </summary>
/// <param name="parameters">The parameters to train, by name; not owned.</param>
public abstract class RunningOptimizer(IReadOnlyList<KeyValuePair<string, Parameter>> parameters) : IDisposable
{
    /// <summary>The parameters, by name, in the order gradients are given in.</summary>
    public IReadOnlyList<KeyValuePair<string, Parameter>> Parameters { get; } = parameters;

    /// <summary>
    /// The state between steps, by name (<c>momentum.stem_conv.weight</c>); owned by this object, valid until the next step.
    /// </summary>
    public abstract IEnumerable<KeyValuePair<string, Tensor>> Saved { get; }

    /// <summary>
    /// The momentum of the next step, in the place of the optimiser's own, which null leaves; in [0, 1). Optimisers without one momentum
    /// for all pass it over (<see cref="IOptimizer.TakesMomentum"/>).
    /// </summary>
    public double? Momentum { get; set; }

    /// <summary>Moves the parameters, in place.</summary>
    /// <param name="gradients">
    /// One gradient for each parameter, in order; null for one that the loss does not reach. Their content is used up.
    /// </param>
    /// <param name="learningRate">The learning rate of this step.</param>
    public abstract void Step(IReadOnlyList<Tensor?> gradients, double learningRate);

    /// <summary>Takes over what was <see cref="Saved"/> by another state of the same optimiser on the same network.</summary>
    /// <param name="saved">The tensors, by name; not changed, not disposed.</param>
    /// <exception cref="InvalidDataException">A tensor is missing or has another shape.</exception>
    public void Restore(NamedTensors saved)
    {
        ArgumentNullException.ThrowIfNull(saved);
        using IDisposable guard = no_grad();
        foreach ((string name, Tensor own) in Saved)
        {
            if (!saved.TryGet(name, out Tensor? given) || !given.shape.SequenceEqual(own.shape))
                throw new InvalidDataException($"the optimiser's state must have \"{name}\" of shape ({string.Join(", ", own.shape)}), got {(given is null ? "none" : $"({string.Join(", ", given.shape)})")}.");
            using Tensor converted = given.to(own.dtype, own.device);
            own.copy_(converted);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Disposes what is remembered.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach ((_, Tensor tensor) in Saved)
                tensor.Dispose();
        }
    }
}
