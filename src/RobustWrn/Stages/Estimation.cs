using System.Diagnostics;
using RobustWrn.Attacks;
using RobustWrn.Core;
using RobustWrn.Search;
using RobustWrn.Training;

namespace RobustWrn;

/// <summary>Times a few batches of the costliest network and scales by MACs. Works on training and validation images only.</summary>
internal static class Estimation
{
    private const int ProposalsLookedAt = 32, TimedSteps = 3;

    public static ExperimentEstimate Of(RobustExperiment experiment, CancellationToken cancellationToken)
    {
        TorchRuntime.EnsureLoaded();
        TrainingSplits data = experiment.Data.Training;
        long Cost(INetworkSpec spec) => spec.Cost(data.Train.Height, data.Train.Width).MultiplyAdds;
        INetworkSpec[] proposals = [.. Proposals(experiment).Take(ProposalsLookedAt)];
        INetworkSpec probe = experiment.Baselines.Concat(proposals).MaxBy(Cost)!;
        // Fewer proposals than were asked for: the space or the budget ends there.
        int trials = proposals.Length < ProposalsLookedAt ? proposals.Length : experiment.Budget.MaxTrials;
        double meanTrial = proposals.Length == 0 ? 0 : proposals.Average(Cost), baselines = experiment.Baselines.Sum(spec => (double)Cost(spec));

        using MemoryPeak memory = new();
        TimeSpan one = TimeTraining(experiment, probe, 1, cancellationToken);
        TimeSpan more = TimeTraining(experiment, probe, 1 + TimedSteps, cancellationToken);
        TimeSpan step = Positive(more - one) / TimedSteps;
        (TimeSpan validation, TimeSpan ranking, TimeSpan attack) = TimeAttacks(experiment, probe, cancellationToken);

        long validated = Math.Min(data.Validation.Count, experiment.Recipe.ValidationImages ?? long.MaxValue);
        double steps = Math.Ceiling((double)data.Train.Count / experiment.Recipe.BatchSize);
        double training = experiment.Recipe.Epochs * (steps * step.TotalSeconds + validated * validation.TotalSeconds);
        // All networks and their replicates together, in units of the probe.
        double networks = (trials * meanTrial + baselines) / Cost(probe), probes = networks * experiment.Replicates;
        double limit = experiment.Budget.MaxTime is { } time ? time.TotalSeconds + training * baselines / Cost(probe) : double.MaxValue;
        int trainings = (trials + experiment.Baselines.Count) * experiment.Replicates;
        return new ExperimentEstimate
        {
            Probe = probe.Name,
            Step = step,
            Trainings = trainings,
            Training = TimeSpan.FromSeconds(Math.Min(training * probes, limit)),
            Ranking = ranking * (validated * networks),
            Tests = trainings,
            Testing = attack * (experiment.Data.Test.Count * probes),
            PeakMemoryBytes = memory.Stop(),
        };
    }

    /// <summary>The networks that the sampler would try, were all trials equally good.</summary>
    public static IEnumerable<INetworkSpec> Proposals(RobustExperiment experiment)
    {
        if (experiment.Space is not { } space)
            yield break;
        using Study<INetworkSpec> study = Study.Open(space, experiment.Sampler!, experiment.Seed, options: new StudyOptions
        {
            Width = experiment.BatchWidth,
            MaxTrials = experiment.Budget.MaxTrials,
        });
        while (study.Ask() is { } trial)
        {
            yield return trial.Spec;
            study.Tell(trial, 0.5);
        }
    }

    private static TimeSpan TimeTraining(RobustExperiment experiment, INetworkSpec spec, int batches, CancellationToken cancellationToken)
    {
        TrainingSplits data = experiment.Data.Training;
        TrainingSplits few = new(data.Train.Take(Math.Min(data.Train.Count, (long)batches * experiment.Recipe.BatchSize)), data.Validation.Take(1));
        using Classifier classifier = spec.Build(experiment.Seed, experiment.Device);
        Stopwatch clock = Stopwatch.StartNew();
        experiment.Trainer(experiment.Objective, experiment.Recipe with { Epochs = 1 })
            .Fit(classifier, few, experiment.Threat, experiment.Seed, new TrainingOptions { Device = experiment.Device, MemoryLimit = experiment.MemoryLimit }, null, cancellationToken);
        return clock.Elapsed;
    }

    // Seconds an image: of one validation, of the suite that ranks, and of the suite of the final evaluation.
    private static (TimeSpan Validation, TimeSpan Ranking, TimeSpan Suite) TimeAttacks(
        RobustExperiment experiment, INetworkSpec spec, CancellationToken cancellationToken)
    {
        IImageSource images = experiment.Data.Training.Validation.Take(Math.Min(experiment.Data.Training.Validation.Count, 32));
        using Classifier classifier = spec.Build(experiment.Seed, experiment.Device);
        return (
            Time(AttackSuite.Of("validation", experiment.Recipe.ValidationAttackFor(experiment.Threat))),
            experiment.RankingSuite is { } ranking ? Time(ranking) : TimeSpan.Zero, Time(experiment.Suite));

        TimeSpan Time(AttackSuite suite)
        {
            // An untrained network errs on most images; all are attacked all the same, as those of a good network would be.
            Stopwatch clock = Stopwatch.StartNew();
            using ImageBatch batch = images.Read([.. Enumerable.Range(0, (int)images.Count).Select(i => (long)i)], experiment.Device);
            foreach (IAttack attack in suite.Attacks)
                attack.Perturb(new AttackContext(classifier, batch.Images, batch.Labels, experiment.Threat), cancellationToken).Dispose();
            return clock.Elapsed / images.Count;
        }
    }

    private static TimeSpan Positive(TimeSpan time) => time > TimeSpan.FromMilliseconds(1) ? time : TimeSpan.FromMilliseconds(1);
}
