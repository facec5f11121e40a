using System.Globalization;
using Microsoft.Extensions.Logging;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>Decides whether a stored study is the one asked for.</summary>
internal static class StudyResume
{
    public static void Refuse(StudyHeader now, StudyHeader stored)
    {
        List<string> differences = [];
        if (now.SpaceFingerprint != stored.SpaceFingerprint)
            differences.AddRange(JsonDifference.Between(stored.Space, now.Space).Select(difference => $"space.{difference}"));
        if (now.Sampler != stored.Sampler)
            differences.AddRange(JsonDifference.Between(stored.Sampler, now.Sampler).Select(difference => $"sampler.{difference}"));
        if (now.Seed != stored.Seed)
            differences.Add($"seed: stored {stored.Seed}, now {now.Seed}");
        if (now.Width != stored.Width)
            differences.Add($"width: stored {Mode(stored)}, now {Mode(now)}");
        Compare(differences, "objectives", HeaderText.Of(stored.Objectives), HeaderText.Of(now.Objectives));
        Compare(differences, "constraints", HeaderText.Of(stored.Constraints), HeaderText.Of(now.Constraints));
        Compare(differences, "pruning", Text(stored.Pruning), Text(now.Pruning));
        if (differences.Count > 0)
            throw new StudyMismatchException(
                "the store must hold this study to go on with it, but it holds another one:",
                differences,
                "Give the stored settings to go on, or choose another place to begin anew.");
    }

    public static void Check<TSpec>(SearchSpace<TSpec> space, StudyLog log, ILogger logger)
        where TSpec : INetworkSpec
    {
        foreach (TrialRecord trial in log.Trials)
            Refuse(space, trial);
        if (log.Trials.Count == 0)
            return;
        // Numbers are given without gaps, and each is recorded before its trial is handed out.
        foreach (int lost in Enumerable.Range(0, log.Trials.Last().Number).Where(number => log.Find(number) is null))
            SearchLog.LostTrial(logger, lost);
        SearchLog.Resumed(logger, log.Trials.Count, log.Pending.Count);
    }

    private static string Mode(StudyHeader header) =>
        header.Width is { } width ? string.Create(CultureInfo.InvariantCulture, $"batches of {width}") : "free-running";

    private static string Text(StudyPruning? pruning) => pruning is null ? "none" : HeaderText.Of<StudyPruning>([pruning])[1..^1];

    private static void Compare(List<string> differences, string name, string stored, string now)
    {
        if (stored != now)
            differences.Add($"{name}: stored {stored}, now {now}");
    }

    public static void Refuse<TSpec>(SearchSpace<TSpec> space, TrialRecord trial)
        where TSpec : INetworkSpec
    {
        string values = string.Join(", ", trial.Values);
        PointVerdict<TSpec> verdict = space.Judge(trial.Point);
        if (verdict.Spec is null)
            throw Changed(trial, values, [.. verdict.Problems.Select(problem => problem.ToString())]);
        string now = DescriptionJson.Canonical(verdict.Spec);
        if (DescriptionJson.Fingerprint(now) != trial.SpecFingerprint)
            throw Changed(trial, values, JsonDifference.Between(trial.Spec, now));
        if (!verdict.Kept)
            throw Changed(trial, values, verdict.RejectedBy is { } filter
                ? [$"the {(verdict.Reason is null ? "filter" : "constraint")} \"{filter}\" kept this network when it was tried and "
                    + "rejects it now" + (verdict.Reason is null ? "" : $": {verdict.Reason}")]
                : [.. verdict.Problems.Select(problem => problem.ToString())]);
    }

    private static StudyMismatchException Changed(TrialRecord trial, string values, IReadOnlyList<string> differences) => new(
        $"a stored trial must give the same network again, but trial {trial.Number} ({values}) does not; a function of the search space has changed:",
        differences,
        "Restore the function to go on, or choose another place to begin anew.");
}
