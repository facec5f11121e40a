using System.Diagnostics;
using RobustWrn.Core;
using RobustWrn.Search;
using RobustWrn.Training;

namespace RobustWrn;

/// <summary>
/// The training of one trial, from rung to rung: each epoch is reported to the study, and at a rung, where all objectives are measured, the
/// study says whether it goes on.
/// </summary>
/// <param name="experiment">The experiment.</param>
/// <param name="run">The network's training and its record.</param>
/// <param name="stages">Makes progress and networks to measure.</param>
/// <param name="study">The study.</param>
/// <param name="trial">A trial that it handed out.</param>
internal sealed class TrialTraining(
    RobustExperiment experiment, NetworkRun run, NetworkStages stages, Study<INetworkSpec> study, Trial<INetworkSpec> trial)
{
    // The last epoch that the study knows of.
    private int _reported;

    /// <summary>Trains it to its end, to a rung at which it waits, or to one at which it is ended.</summary>
    /// <returns>The training; null where the study was told all there is to tell: it was paused, or pruned.</returns>
    public TrainedNetwork? Train(CancellationToken cancellationToken)
    {
        IProgress<TrainingProgress>? progress = stages.Training(trial.Spec, trial.Number, 0);
        // With a pruner, other trials are compared with this one's epochs, which the record of the training does not have.
        if (run.Recorded() is { } before && (before.Failure is not null || study.Rungs.Count == 0))
            return before;
        _reported = study.Trials[trial.Number].Reports.Select(report => report.Step).DefaultIfEmpty(0).Max();
        // An attempt that was killed may have left a checkpoint of an epoch that it did not report, which must come before the next one.
        bool catchesUp = run.IsBegun;
        Stopwatch clock = Stopwatch.StartNew();
        while (true)
        {
            int? rung = study.Rungs.Where(step => step > _reported).Cast<int?>().FirstOrDefault();
            int? pause = catchesUp ? _reported + 1 : rung;
            catchesUp = false;
            ImmediateProgress<TrainingProgress> told = new(report =>
            {
                if (report.Finished is { } epoch && epoch.Epoch == _reported + 1 && epoch.Epoch != rung)
                    Report(epoch, rungMeasures: null);
                progress?.Report(report);
            });
            (RungDecision decision, TrainedNetwork? trained) = Fitted(pause, told, clock, cancellationToken);
            if (trained is not null)
                return trained;
            if (decision == RungDecision.Pause)
                study.Pause(trial);
            if (decision != RungDecision.GoOn)
                return null;
        }
    }

    // A training that diverges does so again.
    private (RungDecision, TrainedNetwork?) Fitted(
        int? pause, ImmediateProgress<TrainingProgress> told, Stopwatch clock, CancellationToken cancellationToken)
    {
        try
        {
            return run.Fit(pause, told, Taken, cancellationToken);
        }
        catch (TrainingDivergedException e)
        {
            return (RungDecision.GoOn, run.KeepFailure(NetworkRun.ReasonOf(e), clock.Elapsed.TotalSeconds));
        }
    }

    private (RungDecision, TrainedNetwork?) Taken(TrainingResult result, Classifier classifier)
    {
        TimeSpan time = TimeSpan.Zero;
        foreach (EpochMetrics epoch in result.Epochs)
        {
            time += epoch.Elapsed;
            if (epoch.Epoch < _reported || (epoch.Epoch == _reported && !study.Rungs.Contains(epoch.Epoch)))
                continue;
            RungDecision decision = RungDecision.GoOn;
            if (study.Rungs.Contains(epoch.Epoch))
            {
                run.KeepPause(result);
                decision = Report(epoch, Measures(epoch, time, classifier));
            }
            else
            {
                Report(epoch, rungMeasures: null);
            }
            if (decision != RungDecision.GoOn)
                return (decision, null);
        }
        return (RungDecision.GoOn, result.IsPaused ? null : run.Keep(result, classifier));
    }

    // A step that was reported before stays, and its decision is said again.
    private RungDecision Report(EpochMetrics epoch, ValueList<Measure>? rungMeasures)
    {
        (Proportion clean, Proportion robust, _) = Of(epoch);
        RungDecision decision = study.Report(trial, epoch.Epoch, rungMeasures is not null ? [.. rungMeasures] :
        [
            Measure.Of(new RobustAccuracy().Objective.Name, robust), Measure.Of(new CleanAccuracy().Objective.Name, clean),
        ]);
        _reported = Math.Max(_reported, epoch.Epoch);
        return decision;
    }

    private ValueList<Measure> Measures(EpochMetrics epoch, TimeSpan time, Classifier classifier)
    {
        if (study.Trials[trial.Number].Find(epoch.Epoch) is { } before)
            return before.Measures;
        (Proportion clean, Proportion robust, ValidationVerdicts? verdicts) = Of(epoch);
        MeasuredNetwork network = stages.Network(trial.Spec, clean, robust, time, () => run.Copy(classifier)) with { Verdicts = verdicts };
        return new TrialMeasurement(experiment, network).Outcome(judgement: null).Measures;
    }

    // Of the two, the one that the end of the training would choose.
    private static (Proportion Clean, Proportion Robust, ValidationVerdicts? Verdicts) Of(EpochMetrics epoch) =>
        epoch.Average is { } average
            && (average.Robust.Hits, average.Clean.Hits).CompareTo((epoch.Robust.Hits, epoch.Clean.Hits)) >= 0
            ? (average.Clean, average.Robust, average.Verdicts) : (epoch.Clean, epoch.Robust, epoch.Verdicts);
}
