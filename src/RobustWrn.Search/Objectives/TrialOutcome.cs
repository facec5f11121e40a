using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>The outcome of a trial: its measures, those of the study's objectives and constraints among them.</summary>
public sealed record TrialOutcome
{
    // Image verdicts of a trial are kept in the log; a million images are 170 kB of text each.
    private const int MostVerdicts = 16;

    /// <summary>An outcome without measures, to be given some.</summary>
    public TrialOutcome()
    {
    }

    /// <summary>The outcome of a study of one score (<see cref="StudyObjective.Score"/>): a share, with its interval.</summary>
    /// <param name="score">The score.</param>
    public TrialOutcome(Proportion score) => Measures = [Measure.Of(StudyObjective.Score.Name, score)];

    /// <summary>The outcome of a study of one score (<see cref="StudyObjective.Score"/>): any number.</summary>
    /// <param name="score">The score.</param>
    public TrialOutcome(double score) => Measures = [new Measure(StudyObjective.Score.Name, score)];

    /// <summary>The numbers that the trial measured. Finite, names unique.</summary>
    public ValueList<Measure> Measures { get; init; } = [];

    /// <summary>
    /// The verdict on each validation image, by name: which were right, which robust. Statistics that compare two networks on the same
    /// images need them.
    /// </summary>
    public ValueList<NamedVerdicts> Verdicts { get; init; } = [];

    /// <summary>The measure of a name, or null.</summary>
    public Measure? Find(string name) => Measures.FirstOrDefault(measure => measure.Name == name);

    /// <summary>
    /// Tells whether an upper bound stands where an objective, or a limit from below, asks for a number: such a trial cannot be told to be
    /// better than another.
    /// </summary>
    /// <param name="objectives">The objectives of the study.</param>
    /// <param name="constraints">Its constraints.</param>
    public bool IsBoundIn(ValueList<StudyObjective> objectives, ValueList<StudyConstraint> constraints)
    {
        ArgumentNullException.ThrowIfNull(objectives);
        ArgumentNullException.ThrowIfNull(constraints);
        return Measures.Any(measure => measure.IsUpperBound
            && (objectives.Any(objective => objective.Name == measure.Name)
                || constraints.Any(constraint => constraint.AtLeast && constraint.Name == measure.Name)));
    }

    /// <summary>The outcome with further measures.</summary>
    public TrialOutcome With(params ReadOnlySpan<Measure> measures) => this with { Measures = [.. Measures, .. measures] };

    /// <summary>Its problems.</summary>
    public IEnumerable<Problem> Problems() =>
    [
        .. Measures.Where(measure => !double.IsFinite(measure.Value) && measure.Share is null)
            .Select(measure => new Problem($"\"{measure.Name}\"",
                $"must be a finite number, got {measure.Value}. Leave the measure out, or tell the trial as failed.")),
        .. Measures.Where(measure => measure.Share is { } share && (share.Total < 1 || share.Hits < 0 || share.Hits > share.Total))
            .Select(measure => new Problem($"\"{measure.Name}\"",
                $"must be hits out of at least one example, got {measure.Share!.Value.Hits} of {measure.Share.Value.Total}.")),
        .. Measures.Where(measure => measure.Share is { Total: >= 1 } share && measure.Value != share.Value)
            .Select(measure => new Problem($"\"{measure.Name}\"",
                $"must be its hits out of the total, {measure.Share!.Value.Value}, got {measure.Value}. Write Measure.Of.")),
        .. Measures.Where(measure => measure is { IsUpperBound: true, Share: null })
            .Select(measure => new Problem($"\"{measure.Name}\"",
                $"must be hits out of a total where it is an upper bound, got the plain number {measure.Value}. Write Measure.AtMost.")),
        .. Measures.GroupBy(measure => measure.Name, StringComparer.Ordinal).Where(group => group.Count() > 1)
            .Select(group => new Problem($"\"{group.Key}\"", $"names of measures must be unique, but {group.Count()} have this one.")),
        .. Rule.Holds(Verdicts.Count <= MostVerdicts, nameof(Verdicts), $"must have at most {MostVerdicts} entries, got {Verdicts.Count}."),
        .. Verdicts.GroupBy(verdicts => verdicts.Name, StringComparer.Ordinal).Where(group => group.Count() > 1)
            .Select(group => new Problem(nameof(Verdicts), $"must have different names, but {group.Count()} are called \"{group.Key}\".")),
    ];

    /// <summary>Its problems in a study of some objectives and constraints.</summary>
    /// <param name="objectives">The objectives.</param>
    /// <param name="constraints">The constraints.</param>
    public IEnumerable<Problem> ProblemsFor(ValueList<StudyObjective> objectives, ValueList<StudyConstraint> constraints)
    {
        ArgumentNullException.ThrowIfNull(objectives);
        ArgumentNullException.ThrowIfNull(constraints);
        return
        [
            .. Problems(),
            .. objectives.Select(objective => objective.Name).Concat(constraints.Select(constraint => constraint.Name)).Distinct()
                .Where(name => Find(name) is null)
                .Select(name => new Problem($"\"{name}\"", "must be measured, since the study has an objective or a constraint of this "
                    + $"name, but the measures are {Names()}.")),
            .. objectives.Where(objective => objective.Kind == ObjectiveKind.Share && Find(objective.Name) is { Share: null })
                .Select(objective => new Problem($"\"{objective.Name}\"",
                    "must be hits out of a total, since the objective is a share, got a plain number. Write Measure.Of, or make the "
                        + "objective a number.")),
            .. objectives.Where(objective => !objective.Maximised && Find(objective.Name) is { IsUpperBound: true })
                .Select(objective => new Problem($"\"{objective.Name}\"",
                    $"must be measured, since less of it is better, got an upper bound ({Find(objective.Name)}), which says nothing of how "
                        + "good the trial may be.")),
        ];
    }

    private string Names() =>
        Measures.Count == 0 ? "none" : Quantity.First([.. Measures.Select(measure => $"\"{measure.Name}\"")], 8);

    /// <summary>The first measures.</summary>
    public override string ToString() =>
        Measures.Count == 0 ? "no measure" : Quantity.First([.. Measures.Select(measure => measure.ToString())], 6);
}
