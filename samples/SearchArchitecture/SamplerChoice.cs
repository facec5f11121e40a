using RobustWrn;
using RobustWrn.Core;
using RobustWrn.Samples;
using RobustWrn.Search;

namespace SearchArchitecture;

/// <summary>Who proposes, and until when: <c>--sampler tpe --trials 40 --batch 8</c>, or <c>--free-running --time 8h</c>.</summary>
internal sealed record SamplerChoice(string Name, int? Trials, int? Batch, bool FreeRunning, string? Time)
{
    /// <summary>The sampler unless another is named: made for few, dear trials.</summary>
    public const string Default = GaussianProcessSampler.TypeName;

    /// <summary>The number of trials unless another is given.</summary>
    public const int DefaultTrials = 12;

    private const int MostWidth = 10_000;

    /// <summary>All names as a text for people.</summary>
    public static string Names { get; } = string.Join(", ", DescriptionTypes.Implementing(typeof(ISampler)).Keys);

    /// <summary>The sampler; or null and what is wrong.</summary>
    /// <param name="problems">Takes what is wrong.</param>
    public ISampler? Open(List<string> problems)
    {
        if (DescriptionTypes.Implementing(typeof(ISampler)).TryGetValue(Name.ToLowerInvariant(), out Type? type))
            return (ISampler)Activator.CreateInstance(type)!;
        problems.Add($"--sampler must be one of {Names}, got {CommandLine.Shown(Name)}.");
        return null;
    }

    /// <summary>When the search ends.</summary>
    /// <param name="problems">Takes what is wrong.</param>
    public Budget Budget(List<string> problems)
    {
        problems.AddRange(WholeNumber.Within(Trials, 1, int.MaxValue, "--trials"));
        Budget trials = RobustWrn.Budget.Trials(Trials ?? DefaultTrials);
        if (Time is null)
            return trials;
        if (!FreeRunning)
            problems.Add($"--time must come with --free-running, got {CommandLine.Shown(Time)} alone: "
                + "a search in batches is the same on every machine. Add --free-running, or leave it out.");
        if (Amount.TryParse(Time, out TimeSpan time))
            return trials.OrAfter(time);
        problems.Add($"--time must be above zero, with s, m, h or d, got {CommandLine.Shown(Time)}. Write --time 90m.");
        return trials;
    }

    /// <summary>The experiment, in batches of the width asked for or free-running.</summary>
    /// <param name="experiment">The experiment.</param>
    public RobustExperiment Paced(RobustExperiment experiment) =>
        FreeRunning ? experiment.FreeRunning() : Batch is { } width ? experiment.InBatchesOf(width) : experiment;

    /// <summary>Problems of the pace, given what is measured.</summary>
    /// <param name="measured">Objectives, and what is limited.</param>
    public IEnumerable<string> PaceProblems(IEnumerable<ISearchObjective> measured) =>
    [
        .. WholeNumber.Within(Batch, 1, MostWidth, "--batch"),
        .. FreeRunning && Batch is { } batch
            ? [$"--batch must not be given with --free-running, which has none, got {batch}. Leave one out."] : Array.Empty<string>(),
        .. measured.Where(goal => !FreeRunning && !goal.IsRepeatable).Distinct().Select(goal =>
            $"\"{goal.Objective.Name}\" must be looked for with --free-running: "
                + "a search in batches is the same on every machine, and it is not."),
    ];
}
