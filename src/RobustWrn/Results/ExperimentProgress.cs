using System.Globalization;
using RobustWrn.Attacks;
using RobustWrn.Training;

namespace RobustWrn;

/// <summary>The progress of an experiment: plain values, reported outside any dispose scope.</summary>
public sealed record ExperimentProgress
{
    /// <summary>The stage at work.</summary>
    public required ExperimentStage Stage { get; init; }

    /// <summary>The network it is done to; empty at the end.</summary>
    public string Network { get; init; } = "";

    /// <summary>The trial's number, from 0; null for a baseline.</summary>
    public int? Trial { get; init; }

    /// <summary>The number of the replicate, from 0.</summary>
    public int Replicate { get; init; }

    /// <summary>The worker that tells it, from 0 (<see cref="RobustExperiment.RunOn"/>); null for this process.</summary>
    public int? Worker { get; init; }

    /// <summary>The share of this stage of this network that is done, in [0, 1].</summary>
    public double Fraction { get; init; }

    /// <summary>Details of a training that is under way.</summary>
    public TrainingProgress? Training { get; init; }

    /// <summary>Details of an evaluation that is under way.</summary>
    public EvaluationProgress? Evaluation { get; init; }

    /// <summary>The result of the network so far, now that this stage of it has ended; null while it is under way.</summary>
    public NetworkResult? Finished { get; init; }

    /// <summary>
    /// True where this was not computed now: it was read from the record of an earlier run, or the training or evaluation under way goes on
    /// from a checkpoint or journal of one.
    /// </summary>
    public bool IsResumed { get; init; }

    /// <summary>The result, in the last report; null before.</summary>
    public ExperimentResult? Result { get; init; }

    /// <summary>Stage, network and how far it is, as one line.</summary>
    public override string ToString() => Stage == ExperimentStage.Finished
        ? Result?.ToString() ?? "finished"
        : $"{Verb} {Network} "
        + string.Create(CultureInfo.InvariantCulture, $"({NetworkResult.Place(Trial)}, replicate {Replicate}): {100 * Fraction:0} %")
        + (IsResumed ? ", resumed" : "");

    private string Verb => Stage switch
    {
        ExperimentStage.Testing => "testing",
        ExperimentStage.Auditing => "auditing",
        ExperimentStage.Ranking => "ranking",
        _ => "training",
    };
}

/// <summary>The stages of an experiment.</summary>
public enum ExperimentStage
{
    /// <summary>A network is trained and selected on validation.</summary>
    Training,

    /// <summary>A trained network is attacked on validation by the suite that ranks it (<see cref="RobustExperiment.RankedBy"/>).</summary>
    Ranking,

    /// <summary>A network that is to be tested is attacked and audited on validation.</summary>
    Auditing,

    /// <summary>A trained network of the front, or a baseline, is attacked on the test split.</summary>
    Testing,

    /// <summary>The result is there.</summary>
    Finished,
}
