using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn;

/// <summary>Times and machine of a run: the part of a result that differs from run to run.</summary>
/// <param name="FinishedUtc">When the result was made.</param>
/// <param name="TrainingSeconds">
/// Seconds of training of each network, in the order of the result, all replicates and sessions together.
/// </param>
/// <param name="TestSeconds">
/// Seconds of the final evaluation of each network, in the order of the result, all replicates together; 0 where test was not read.
/// </param>
/// <param name="Machine">Versions, device, threads and where libtorch came from.</param>
public sealed record ExperimentTiming(DateTimeOffset FinishedUtc, ValueList<double> TrainingSeconds, ValueList<double> TestSeconds,
    string Machine)
{
    /// <summary>The folder that the experiment was recorded in, as it was given; null when nothing was kept.</summary>
    public string? Folder { get; init; }

    /// <summary>
    /// Networks that earlier runs in the same folder, with another budget or other baselines, evaluated on the test split, and that this
    /// selection does not: whoever changed the budget may have seen their numbers. 0 where the budget never changed.
    /// </summary>
    public int OtherTestReads { get; init; }

    /// <summary>The times.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{TrainingSeconds.Sum():0} s of training and {TestSeconds.Sum():0} s of testing, finished {FinishedUtc:yyyy-MM-dd HH:mm} UTC");
}
