using System.Globalization;
using RobustWrn.Attacks;
using RobustWrn.Core;
using RobustWrn.Search;
using RobustWrn.Training;

namespace RobustWrn;

/// <summary>The result of one network of an experiment: a trial of the search, or a baseline.</summary>
public sealed record NetworkResult
{
    /// <summary>The network's short name.</summary>
    public required string Name { get; init; }

    /// <summary>The trial's number, from 0; null for a baseline.</summary>
    public int? Trial { get; init; }

    /// <summary>The values of the search dimensions, as text; empty for a baseline.</summary>
    public ValueList<DimensionValue> Values { get; init; } = [];

    /// <summary>The specification that was built.</summary>
    public required INetworkSpec Spec { get; init; }

    /// <summary>Learned numbers.</summary>
    public required long Parameters { get; init; }

    /// <summary>Multiply-adds for one image.</summary>
    public required long MultiplyAdds { get; init; }

    /// <summary>
    /// The file of its weights, of the first replicate, below the folder that the experiment is recorded in
    /// (<see cref="ExperimentTiming.Folder"/>): <c>networks/WRN-28-10-.../weights.safetensors</c>. Null when the training failed.
    /// <c>NetworkWeights.Open</c> builds the network from it.
    /// </summary>
    public string? Weights { get; init; }

    /// <summary>The epoch whose weights validation chose, from 1; null when the training failed.</summary>
    public int? SelectedEpoch { get; init; }

    /// <summary>Accuracy on clean validation images, at the selected epoch.</summary>
    public Proportion? ValidationClean { get; init; }

    /// <summary>
    /// Accuracy on attacked validation images, at the selected epoch: what trials are ranked by, unless they have a
    /// <see cref="Judgement"/>.
    /// </summary>
    public Proportion? ValidationRobust { get; init; }

    /// <summary>
    /// The outcome of the attacks that rank it (<see cref="RobustExperiment.RankedBy"/>), which may be an upper bound; null where its
    /// validation attack does.
    /// </summary>
    public Judgement? Judgement { get; init; }

    /// <summary>The numbers that the search wanted or limited, as they were told; empty when the training failed.</summary>
    public ValueList<Measure> Measures { get; init; } = [];

    /// <summary>The verdict on each validation image, at the selected epoch; null where the trainer gave the counts alone.</summary>
    public ValidationVerdicts? ValidationVerdicts { get; init; }

    /// <summary>
    /// The verdict of an audit on validation, made before the test split is read; null for networks that were not chosen for it.
    /// </summary>
    public AuditReport? ValidationAudit { get; init; }

    /// <summary>
    /// True where no other network is at least as good in all objectives of the search and better in one; of a search for one objective, in
    /// all of robust accuracy, clean accuracy (both on validation), parameters and MACs. Networks that break a limit, or whose robustness
    /// on validation cannot be believed or of which no more than an upper bound is known, are never on it.
    /// </summary>
    public bool OnFront { get; init; }

    /// <summary>
    /// The numbers on the test split, one entry a replicate; empty for networks that are neither on the front nor baselines.
    /// </summary>
    public ValueList<TestOutcome> Test { get; init; } = [];

    /// <summary>Why the training failed; null when it did not.</summary>
    public string? Failure { get; init; }

    /// <summary>
    /// Where the search's pruner ended its training, and why; null where it did not. Such a network has no weights, is on no front and is
    /// not tested.
    /// </summary>
    public PrunedTraining? Pruned { get; init; }

    /// <summary>True for a baseline.</summary>
    public bool IsBaseline => Trial is null;

    /// <summary>Clean accuracy on test over all replicates together; null when test was not read.</summary>
    public Proportion? TestClean => Test.Count == 0 ? null : Test.Aggregate(default(Proportion), (sum, outcome) => sum + outcome.Clean);

    /// <summary>Robust accuracy on test over all replicates together; null when test was not read.</summary>
    public Proportion? TestRobust => Test.Count == 0 ? null : Test.Aggregate(default(Proportion), (sum, outcome) => sum + outcome.Robust);

    /// <summary>Name, accuracies and cost, or why the training failed.</summary>
    public override string ToString() => Failure is not null
        ? $"{Name} ({Place(Trial)}): failed: {Failure.Split('\n')[0].TrimEnd()}"
        : Pruned is not null ? $"{Name} ({Place(Trial)}): {Pruned}"
        : $"{Name} ({Place(Trial)}): robust {Known(ValidationRobust)}, clean {Known(ValidationClean)} on validation"
        + (Judgement is null ? "" : $"; ranked: {Judgement}")
        + (TestRobust is null ? "" : $"; robust {TestRobust}, clean {TestClean} on test")
        + $"; {Quantity.Short(Parameters)} parameters, {Quantity.Short(MultiplyAdds)} MACs{(OnFront ? "; on the front" : "")}";

    private static string Known(Proportion? proportion) => proportion?.ToString() ?? "unknown";

    /// <summary>The name of a network in texts: <c>trial 3</c>, counted as <see cref="Trial"/> is, or <c>baseline</c>.</summary>
    /// <param name="trial">The trial's number; null for a baseline.</param>
    public static string Place(int? trial) =>
        trial is { } number ? string.Create(CultureInfo.InvariantCulture, $"trial {number}") : "baseline";
}
