using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn;

/// <summary>
/// The measures of a trained network: those that are known before the attacks that rank it, what it must reach for these to go on, and all
/// of them after.
/// </summary>
/// <param name="experiment">Objectives, limits and the ranking attacks.</param>
/// <param name="network">The network, trained and not yet ranked.</param>
/// <param name="told">What was told of it already, whose times hold; null for a new one.</param>
internal sealed class TrialMeasurement(RobustExperiment experiment, MeasuredNetwork network, TrialOutcome? told = null)
{
    private readonly StudyOptions _study = ExperimentCheck.StudyOptionsOf(experiment);
    private Measure[]? _known;

    // Accuracies are told of every network.
    private ISearchObjective[] Objectives { get; } =
    [
        .. experiment.Goals.Concat(experiment.Limits.Select(limit => limit.Measured))
            .Append(new RobustAccuracy()).Append(new CleanAccuracy()).DistinctBy(objective => objective.Objective.Name),
    ];

    /// <summary>The measures that no attack is needed for.</summary>
    /// <exception cref="InvalidOperationException">One cannot be measured of this network.</exception>
    public IReadOnlyList<Measure> Known => _known ??=
    [
        .. Objectives.Where(objective => !objective.IsUnderAttack).Select(objective => Once(objective) ?? objective.Of(network)),
    ];

    /// <summary>The robust accuracy below which the network cannot win (<see cref="RacingBar"/>); null where nothing limits it.</summary>
    /// <param name="others">
    /// The outcomes of the trials that may be known: in a search in batches those of the batches before this trial's.
    /// </param>
    public double? Bar(IEnumerable<TrialOutcome> others) =>
        RacingBar.Of(new RobustAccuracy().Objective.Name, _study.Objectives, _study.Constraints, others, Known) is > 0 and var bar
            ? Math.Min(1, bar) : null;

    /// <summary>The robust accuracy that it is ranked by.</summary>
    /// <param name="judgement">What the ranking attacks found; null where there are none.</param>
    public Measure Robust(Judgement? judgement) => new RobustAccuracy().Of(network with { Judgement = judgement });

    /// <summary>The outcome that is told of the trial.</summary>
    /// <param name="judgement">What the ranking attacks found; null where there are none.</param>
    /// <exception cref="InvalidOperationException">An objective cannot be measured of this network.</exception>
    /// <exception cref="InvalidDescriptionException">A measure is none that the study can take.</exception>
    public TrialOutcome Outcome(Judgement? judgement)
    {
        MeasuredNetwork judged = network with { Judgement = judgement };
        TrialOutcome outcome = new()
        {
            Measures = Objectives.Select(objective => Once(objective) ?? objective.Of(judged)).ToValueList(),
            Verdicts = judgement is not null ? judgement.Verdicts : network.Verdicts is { } verdicts
                ?
                [
                    new NamedVerdicts(NamedVerdicts.Right, verdicts.Right),
                    new NamedVerdicts(NamedVerdicts.Robust, verdicts.Robust),
                ]
                : [],
        };
        outcome.ProblemsFor(_study.Objectives, _study.Constraints).ThrowIfAny(nameof(TrialOutcome));
        return outcome;
    }

    // A time that was measured for the bar, or told, is the time: it would be another one the second time.
    private Measure? Once(ISearchObjective objective) => objective.IsRepeatable ? null
        : told?.Find(objective.Objective.Name) ?? _known?.FirstOrDefault(measure => measure.Name == objective.Objective.Name);
}
