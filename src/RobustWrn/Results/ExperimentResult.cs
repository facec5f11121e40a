using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using RobustWrn.Core;

namespace RobustWrn;

/// <summary>
/// The result of an experiment. All of it but <see cref="Timing"/> depends only on the settings, so that a resumed run ends in the same
/// result as an uninterrupted one.
/// </summary>
public sealed record ExperimentResult
{
    /// <summary>The version of the file format.</summary>
    public const int CurrentVersion = 2;

    /// <summary>The version of the file format this result was written in.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>The settings that it is the result of.</summary>
    public required ExperimentSettings Settings { get; init; }

    /// <summary>Why the search ended.</summary>
    public required string EndedBecause { get; init; }

    /// <summary>All networks: baselines first, then trials in the order they ran.</summary>
    public required ValueList<NetworkResult> Networks { get; init; }

    /// <summary>
    /// The number of trained networks that were evaluated on the test split. All of them were chosen before the first was;
    /// what earlier runs of another budget read is <see cref="ExperimentTiming.OtherTestReads"/>.
    /// </summary>
    public required int TestReads { get; init; }

    /// <summary>Notes on what the numbers can and cannot show.</summary>
    public required ValueList<string> Notes { get; init; }

    /// <summary>Versions, machine and times: the part that differs from run to run.</summary>
    public required ExperimentTiming Timing { get; init; }

    /// <summary>
    /// Networks that were trained, best first: by robust accuracy on validation, then clean accuracy on validation, then fewer MACs; both
    /// accuracies those of <see cref="NetworkResult.Judgement"/> where there is one. Networks of which no more than an upper bound is known
    /// come behind the others, and those whose robustness on validation cannot be believed last.
    /// </summary>
    public IEnumerable<NetworkResult> Ranking => Networks
        .Where(network => network.ValidationRobust is not null)
        .OrderBy(network => network.ValidationAudit is { IsDoubted: true })
        .ThenBy(network => network.Judgement is { IsBound: true })
        .ThenByDescending(network => network.Judgement?.RobustMeasure("").Value ?? network.ValidationRobust!.Value.Value)
        .ThenByDescending(network => (network.Judgement?.Clean ?? network.ValidationClean)!.Value.Value)
        .ThenBy(network => network.MultiplyAdds);

    /// <summary>
    /// The networks of the Pareto front (<see cref="NetworkResult.OnFront"/>), best first.
    /// </summary>
    public IEnumerable<NetworkResult> Front => Ranking.Where(network => network.OnFront);

    /// <summary>Writes a report, atomically.</summary>
    /// <param name="report">Which one.</param>
    /// <param name="path">Where.</param>
    /// <param name="cancellationToken">Checked before the file is written.</param>
    public Task WriteAsync(IReport report, string path, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(report);
        cancellationToken.ThrowIfCancellationRequested();
        return Task.Run(() => AtomicFile.WriteText(path, report.Render(this)), cancellationToken);
    }

    /// <summary>Reads a result written by <see cref="JsonReport"/>, and verifies it.</summary>
    /// <exception cref="InvalidDataException">Not a result, damaged or changed since it was written, or of another version.</exception>
    public static ExperimentResult Read(string path)
    {
        string text = File.ReadAllText(path);
        int? version = null;
        try
        {
            JsonObject document = SealedJson.Parse(text);
            version = document["version"] is JsonValue value && value.TryGetValue(out int number) ? number : null;
            if (version is null or CurrentVersion)
                return JsonReport.Open(document).Deserialize<ExperimentResult>(DescriptionJson.Options)!;
        }
        catch (Exception e) when (
            e is JsonException or InvalidDataException or InvalidOperationException or FormatException
                or ArgumentException or OverflowException)
        {
            throw new InvalidDataException($"{path} is not a result of an experiment, or is no longer what was written: {e.Message}.", e);
        }
        throw new InvalidDataException($"{path} has version {version}; this library reads version {CurrentVersion}. Use the library that "
            + "wrote it, or a newer one.");
    }

    /// <summary>The number of trials, why the search ended, and the best network on validation: a few lines.</summary>
    public override string ToString() =>
        $"{Quantity.Of(Networks.Count(network => !network.IsBaseline), "trial")} and "
        + $"{Quantity.Of(Networks.Count(network => network.IsBaseline), "baseline")} under {Settings.Threat}, trained by {Settings.Objective.Name}; "
        + $"the search ended because {EndedBecause}"
        + (Networks.Any(network => network.Failure is not null) ? $"; {Networks.Count(network => network.Failure is not null)} failed" : "")
        + (Networks.Any(network => network.Pruned is not null)
            ? string.Create(CultureInfo.InvariantCulture, $"; {Networks.Count(network => network.Pruned is not null)} pruned") : "")
        + (Ranking.FirstOrDefault() is { } best ? $"\nbest on validation: {best}" : "\nno network could be trained");
}
