using RobustWrn.Attacks;
using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn;

/// <summary>A network on its way through an experiment.</summary>
internal sealed class Candidate(INetworkSpec spec, NetworkCost cost, int? trial, ValueList<DimensionValue> values, TrainedNetwork trained)
{
    private readonly List<TestOutcome> _test = [];

    public INetworkSpec Spec => spec;

    public NetworkCost Cost => cost;

    public int? Trial => trial;

    public TrainedNetwork Trained => trained;

    public bool OnFront { get; set; }

    public double TrainingSeconds { get; set; } = trained.Seconds;

    public double TestSeconds { get; private set; }

    public void Add(int replicate, RobustnessResult result)
    {
        TestSeconds += result.Attacks.Sum(attack => attack.Duration.TotalSeconds);
        _test.Add(new TestOutcome
        {
            Replicate = replicate,
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
        SelectedEpoch = trained.SelectedEpoch,
        ValidationClean = trained.ValidationClean,
        ValidationRobust = trained.ValidationRobust,
        OnFront = OnFront,
        Test = _test.ToValueList(),
        Failure = trained.Failure,
    };
}
