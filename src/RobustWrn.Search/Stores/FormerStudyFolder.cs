using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// A study of one file a trial, as the first version of this library kept it. Each of its trials was proposed from all before, as in
/// batches of 1, and it had one score without a name, which is what the study asked for maximises.
/// </summary>
internal static class FormerStudyFolder
{
    private const string HeaderName = "study.json", TrialPattern = "trial-*.json", Worker = "former";

    private static readonly SealedFile<FormerHeader> HeaderFile = new("study", version: 2);
    private static readonly SealedFile<FormerTrial> TrialFile = new("trial", version: 2);

    /// <summary>The study of a folder as a log; null when it holds none of this form.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="asked">The study asked for, whose name for the score it takes.</param>
    /// <param name="logger">Told of damaged files.</param>
    public static (StudyHeader Header, IReadOnlyList<LoggedFact> Facts)? Find(string folder, StudyHeader asked, ILogger logger)
    {
        string[] files = [.. Directory.GetFiles(folder, TrialPattern).Order(StringComparer.Ordinal)];
        if (!IsOfVersion2(Path.Combine(folder, HeaderName), out FormerHeader? former))
            return null;
        StudyHeader header = new()
        {
            Space = former.Space,
            SpaceFingerprint = former.SpaceFingerprint,
            Sampler = former.Sampler,
            Seed = former.Seed,
            Width = 1,
            Objectives = asked.Objectives is [{ Maximised: true }] ? asked.Objectives : [StudyObjective.Score],
        };
        List<LoggedFact> facts = [];
        foreach (string file in files)
        {
            if (TrialFile.TryRead(file, out FormerTrial? trial, out string? fault, ("study", former.Fingerprint))
                && Path.GetFileName(file) == string.Create(CultureInfo.InvariantCulture, $"trial-{trial.Number:D6}.json"))
                Add(facts, trial, header.Objectives[0].Name);
            else
                SearchLog.DamagedTrial(logger, file, fault ?? $"it holds trial {trial!.Number}", SealedFile.MoveAside(file));
        }
        return (header, facts);
    }

    /// <summary>Takes away the files of the trials, which are in the log.</summary>
    public static void Remove(string folder)
    {
        foreach (string file in Directory.GetFiles(folder, TrialPattern))
            File.Delete(file);
    }

    // A newer one is refused by the reader of today.
    private static bool IsOfVersion2(string path, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out FormerHeader? header)
    {
        try
        {
            return HeaderFile.TryRead(path, out header, out _);
        }
        catch (InvalidDataException)
        {
            header = null;
            return false;
        }
    }

    private static void Add(List<LoggedFact> facts, FormerTrial trial, string score)
    {
        Log(trial.Started, new TrialAsked
        {
            Trial = trial.Number,
            Point = trial.Point,
            Values = trial.Values,
            Spec = trial.Spec,
            SpecFingerprint = trial.SpecFingerprint,
            Identity = trial.SpecFingerprint,
        });
        if (trial.Finished is not { } finished)
            return;
        Log(finished - TimeSpan.FromSeconds(trial.Seconds ?? 0), new TrialClaimed { Trial = trial.Number, Attempt = 1, Worker = Worker });
        Log(finished, trial.Score is { } of
            ? new TrialTold
            {
                Trial = trial.Number,
                Attempt = 1,
                Outcome = new TrialOutcome { Measures = [Measure.Of(score, of), .. trial.Measures] },
            }
            : new TrialFailed { Trial = trial.Number, Attempt = 1, Reason = trial.FailureReason ?? "unknown" });

        void Log(DateTimeOffset time, StudyFact fact) => facts.Add(new LoggedFact(facts.Count, time, fact));
    }

    /// <summary>The header of then.</summary>
    private sealed record FormerHeader
    {
        [JsonConverter(typeof(JsonTextConverter))]
        public required string Space { get; init; }

        public required string SpaceFingerprint { get; init; }

        [JsonConverter(typeof(JsonTextConverter))]
        public required string Sampler { get; init; }

        public required Seed Seed { get; init; }

        [JsonIgnore]
        public string Fingerprint => DescriptionJson.Fingerprint($"{SpaceFingerprint}\n{Sampler}\n{Seed.Value}");
    }

    /// <summary>A trial of then.</summary>
    private sealed record FormerTrial
    {
        public required int Number { get; init; }

        public required ValueList<int> Point { get; init; }

        public required ValueList<DimensionValue> Values { get; init; }

        [JsonConverter(typeof(JsonTextConverter))]
        public required string Spec { get; init; }

        public required string SpecFingerprint { get; init; }

        public required TrialState State { get; init; }

        public Proportion? Score { get; init; }

        public ValueList<Measure> Measures { get; init; } = [];

        public string? FailureReason { get; init; }

        public required DateTimeOffset Started { get; init; }

        public DateTimeOffset? Finished { get; init; }

        public double? Seconds { get; init; }
    }
}
