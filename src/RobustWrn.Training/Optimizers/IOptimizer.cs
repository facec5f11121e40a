using RobustWrn.Core;

namespace RobustWrn.Training;

/// <summary>
/// The description of an optimiser, which turns gradients into steps of the parameters. What it remembers between steps is its
/// <see cref="RunningOptimizer"/>.
/// </summary>
public interface IOptimizer : IDescription
{
    /// <summary>Numbers it remembers for each parameter, for estimates of memory. Default 1: a momentum.</summary>
    int RememberedPerParameter => 1;

    /// <summary>True where a schedule can move its momentum (<see cref="RunningOptimizer.Momentum"/>). Default: no.</summary>
    bool TakesMomentum => false;

    /// <summary>Prepares for a network.</summary>
    /// <param name="parameters">The parameters to train, by name, on the device they stay on; not owned.</param>
    /// <returns>A fresh state. The caller disposes it.</returns>
    RunningOptimizer Begin(IReadOnlyList<KeyValuePair<string, TorchSharp.Modules.Parameter>> parameters);
}
