using System.Globalization;

namespace RobustWrn;

/// <summary>The predicted time of an experiment, from a few timed batches.</summary>
public sealed record ExperimentEstimate
{
    /// <summary>The network that was timed: the costliest of the baselines and of candidates the sampler proposes.</summary>
    public required string Probe { get; init; }

    /// <summary>One training step of the probe.</summary>
    public required TimeSpan Step { get; init; }

    /// <summary>All trainings, replicates among them, scaled by MACs from the probe.</summary>
    public required TimeSpan Training { get; init; }

    /// <summary>
    /// The attacks that rank networks, if none of them stops early; zero where their validation attack ranks them
    /// (<see cref="RobustExperiment.RankedBy"/>).
    /// </summary>
    public TimeSpan Ranking { get; init; }

    /// <summary>The final evaluation, if the whole front and all baselines reach it.</summary>
    public required TimeSpan Testing { get; init; }

    /// <summary>The process's memory while the probe was trained and attacked, images included.</summary>
    public required long PeakMemoryBytes { get; init; }

    /// <summary>The number of trainings that are predicted.</summary>
    public required int Trainings { get; init; }

    /// <summary>The most networks that are predicted to reach the test split.</summary>
    public required int Tests { get; init; }

    /// <summary>Training, ranking and testing together.</summary>
    public TimeSpan Total => Training + Ranking + Testing;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"about {Text(Total)}: {Trainings} trainings {Text(Training)}, {Ranked}{Tests} evaluations {Text(Testing)} at most; ")
        + string.Create(CultureInfo.InvariantCulture,
            $"{PeakMemoryBytes / 1e9:0.0} GB of memory; timed on {Probe}, {Step.TotalMilliseconds:0} ms a step");

    private string Ranked => Ranking > TimeSpan.Zero ? $"ranking {Text(Ranking)} at most, " : "";

    private static string Text(TimeSpan time) => time.TotalHours >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0.0} h")
        : time.TotalMinutes >= 2 ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0} min") : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s");
}
