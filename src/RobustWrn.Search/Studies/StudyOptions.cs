using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>Objectives, limits and mode of a study.</summary>
public sealed record StudyOptions
{
    private const int MostWidth = 10_000;

    /// <summary>The objectives, one measure each. Default: one number called <c>score</c>, maximised.</summary>
    public ValueList<StudyObjective> Objectives { get; init; } = [StudyObjective.Score];

    /// <summary>The limits of good trials. Default: none.</summary>
    public ValueList<StudyConstraint> Constraints { get; init; } = [];

    /// <summary>
    /// The number of trials of a batch, for a study that is the same however many workers it has: trial t is proposed from what came of the
    /// trials of the batches before, and knows of its own batch only which networks are in it. Default 8, so that up to 8 workers are never
    /// idle but at the end of a batch; 1 lets a sampler learn from each trial. Null is a free-running study: each trial is proposed from
    /// all that is known by then, so that the order in which workers finish decides what is tried.
    /// </summary>
    public int? Width { get; init; } = 8;

    /// <summary>
    /// The most trials, those in the store included; null is no limit. Not part of the study's identity: a rerun may raise it, or lower
    /// it, which hands out no trial beyond it.
    /// </summary>
    public int? MaxTrials { get; init; }

    /// <summary>Ends trials on their way (<see cref="Study{TSpec}.Report"/>); null, the default, ends none.</summary>
    public IPruner? Pruner { get; init; }

    /// <summary>The steps of a trial, which a pruner must know. Looked at only where there is one.</summary>
    public TrainingLadder Ladder { get; init; } = new();

    /// <summary>Told of trials and resumes. Default: nobody.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>Its problems.</summary>
    public IEnumerable<Problem> Problems() =>
    [
        .. StudyObjective.Problems(Objectives),
        .. StudyConstraint.Problems(Constraints),
        .. Width is { } width ? Rule.Between(width, 1, MostWidth, nameof(Width)) : [],
        .. Pruner is null ? [] : Pruner.ProblemsAs(nameof(Pruner)),
        .. Pruner is null ? [] : Ladder.ProblemsAs(nameof(Ladder)),
        .. MaxTrials is { } most ? Rule.Positive(most, nameof(MaxTrials)) : [],
    ];
}
