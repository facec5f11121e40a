using RobustWrn.Attacks;
using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn;

/// <summary>A network on its way through an experiment.</summary>
/// <param name="spec">The network.</param>
/// <param name="cost">Its cost.</param>
/// <param name="trial">The trial's number; null for a baseline.</param>
/// <param name="values">The trial's values.</param>
/// <param name="trained">What its first training gave.</param>
/// <param name="weights">Where the weights of a replicate are, below the record's folder.</param>
internal sealed class Candidate(
    INetworkSpec spec, NetworkCost cost, int? trial, ValueList<DimensionValue> values, TrainedNetwork trained, Func<int, string> weights)
{
    private readonly List<TestOutcome> _test = [];

    public INetworkSpec Spec => spec;

    public NetworkCost Cost => cost;

    public int? Trial => trial;

    public TrainedNetwork Trained => trained;

    /// <summary>Where a pruner ended it; null where none did.</summary>
    public PrunedTraining? Pruned { get; init; }

    /// <summary>True where it was trained to its end.</summary>
    public bool IsTrained => trained.Failure is null && Pruned is null;

    public bool OnFront { get; set; }

    /// <summary>The outcome that was told of it; null when it failed.</summary>
    public TrialOutcome? Outcome { get; set; }

    /// <summary>The outcome of the attacks that rank it; null where its validation does.</summary>
    public Judgement? Judgement { get; set; }

    /// <summary>True where no more than an upper bound of its robust accuracy is known: it is on no front.</summary>
    public bool IsBound => Judgement is { IsBound: true };

    /// <summary>The robust accuracy that it is ranked by, or its upper bound.</summary>
    public double Robust => (Judgement is { } judgement ? judgement.Robust ?? judgement.AtMost : trained.ValidationRobust)!.Value.Value;

    /// <summary>The clean accuracy that it is ranked by.</summary>
    public double Clean => (Judgement?.Clean ?? trained.ValidationClean)!.Value.Value;

    /// <summary>The verdict on its robustness; null until it is audited.</summary>
    public AuditReport? Audit { get; set; }

    public bool IsSuspect => Audit is { IsDoubted: true };

    public double TrainingSeconds { get; set; } = trained.Seconds;

    public double TestSeconds { get; private set; }

    public void Add(int replicate, RobustnessResult result)
    {
        TestSeconds += result.Attacks.Sum(attack => attack.Duration.TotalSeconds);
        _test.Add(new TestOutcome
        {
            Replicate = replicate,
            Weights = weights(replicate),
            Clean = result.Clean,
            Robust = result.Robust,
            Audit = result.Audit,
            Attacks = result.Attacks.Select(attack => new AttackOutcome(attack.Name, attack.CorrectBefore, attack.CorrectAfter)).ToValueList(),
            RobustPerClass = result.Classes.Select(of => of.Robust).ToValueList(),
            PredictedClasses = result.Examples.Select(example => example.CleanPrediction).Distinct().Count(),
        });
    }

    public NetworkResult Result() => new()
    {
        Name = spec.Name,
        Trial = trial,
        Values = values,
        Spec = spec,
        Parameters = cost.Parameters,
        MultiplyAdds = cost.MultiplyAdds,
        Weights = IsTrained ? weights(0) : null,
        SelectedEpoch = trained.SelectedEpoch,
        ValidationClean = trained.ValidationClean,
        ValidationRobust = trained.ValidationRobust,
        Judgement = Judgement,
        Measures = Outcome?.Measures ?? [],
        ValidationVerdicts = trained.Verdicts,
        ValidationAudit = Audit,
        OnFront = OnFront,
        Test = _test.ToValueList(),
        Failure = trained.Failure,
        Pruned = Pruned,
    };
}
