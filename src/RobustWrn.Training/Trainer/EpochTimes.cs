using RobustWrn.Core;

namespace RobustWrn.Training;

/// <summary>
/// The parts of an epoch's time, as the host sees it: a device that works on its own is waited for where its numbers are read.
/// </summary>
/// <param name="Data">Reading and augmenting images.</param>
/// <param name="Attack">The attacks inside the objective.</param>
/// <param name="Update">The rest of the training steps: forward and backward pass of the update, and the optimiser.</param>
/// <param name="Validation">Judging on validation images.</param>
public sealed record EpochTimes(TimeSpan Data, TimeSpan Attack, TimeSpan Update, TimeSpan Validation)
{
    /// <summary>The times.</summary>
    public override string ToString() =>
        $"data {Quantity.Short(Data)}, attack {Quantity.Short(Attack)}, update {Quantity.Short(Update)}, "
        + $"validation {Quantity.Short(Validation)}";
}
