using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn;

/// <summary>Works on the trials of a study until it ends: asks, trains, tells. One in each process, and the same in all.</summary>
/// <param name="experiment">The experiment.</param>
/// <param name="folder">Where it is recorded.</param>
/// <param name="study">The study.</param>
/// <param name="end">Tells when the budget is used up.</param>
/// <param name="stages">What happens to a network.</param>
internal sealed class TrialWorker(
    RobustExperiment experiment, ExperimentFolder folder, Study<INetworkSpec> study, SearchEnd end, NetworkStages stages)
{
    // What other processes do is seen so late at most.
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    private readonly HashSet<int> _paused = [];

    /// <summary>Works until there is nothing more to do.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled; the trial at work is let go of, with its checkpoint.</exception>
    public void Run(CancellationToken cancellationToken)
    {
        while (end.Reason is null)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Trial<INetworkSpec>? trial = study.Ask();
            AnnounceDecided(cancellationToken);
            if (trial is not null)
                Work(trial, cancellationToken);
            else if (study.IsWaiting)
                cancellationToken.WaitHandle.WaitOne(Poll);
            else
                return;
        }
    }

    private void Work(Trial<INetworkSpec> trial, CancellationToken cancellationToken)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, trial.Lost);
        bool trained = false;
        try
        {
            NetworkRun run = new(experiment, trial.Spec, 0, folder);
            if (new TrialTraining(experiment, run, stages, study, trial).Train(stop.Token) is { } training)
            {
                trained = true;
                Tell(trial, training, stop.Token);
            }
            else if (study.Trials[trial.Number].State == TrialState.Pending)
            {
                _paused.Add(trial.Number);
            }
            else
            {
                Announce(study.Trials[trial.Number], cancellationToken);
            }
        }
        catch (TrialLostException)
        {
            ExperimentLog.Lost(experiment.Logger, trial.Number);
        }
        catch (OperationCanceledException) when (trial.Lost.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            ExperimentLog.Lost(experiment.Logger, trial.Number);
        }
        // A disk that is full is no fault of the network, and is there to be repaired.
        catch (Exception e) when (e is not (OperationCanceledException or IOException or UnauthorizedAccessException))
        {
            LetGo(trial, trained ? NetworkStages.NotMeasured(e) : NetworkRun.ReasonOf(e), cancellationToken);
        }
    }

    private void Tell(Trial<INetworkSpec> trial, TrainedNetwork trained, CancellationToken cancellationToken)
    {
        if (trained.Failure is { } failure)
        {
            Announce(study.TellFailed(trial, failure), cancellationToken, resumed: false);
            return;
        }
        Candidate candidate = stages.Measured(
            trial.Spec, trial.Number, trial.Values, trained, null, end.RacedBy(trial.Number), cancellationToken);
        study.Tell(trial, candidate.Outcome!);
        stages.Announced(candidate);
    }

    // What failed may be tried again: the store counts.
    private void LetGo(Trial<INetworkSpec> trial, string reason, CancellationToken cancellationToken)
    {
        try
        {
            TrialRecord record = study.Release(trial, ReleaseCause.Failed, reason);
            if (record.State == TrialState.Failed)
                Announce(record, cancellationToken, resumed: false);
            else
                ExperimentLog.TriedAgain(experiment.Logger, trial.Spec.Name, trial.Number, reason);
        }
        catch (TrialLostException)
        {
            ExperimentLog.Lost(experiment.Logger, trial.Number);
        }
    }

    // Trials that waited here at a rung may have been decided by whoever came there last.
    private void AnnounceDecided(CancellationToken cancellationToken)
    {
        if (_paused.Count == 0)
            return;
        ValueList<TrialRecord> trials = study.Trials;
        foreach (int number in _paused.Where(number => trials[number].PausedAt is null).Order().ToArray())
        {
            _paused.Remove(number);
            if (trials[number].State == TrialState.Pruned)
                Announce(trials[number], cancellationToken, resumed: false);
        }
    }

    private void Announce(TrialRecord record, CancellationToken cancellationToken, bool resumed = false) => stages.Announced(
        stages.Of(record, study.SpecOf(record), end.RacedBy(record.Number), cancellationToken), resumed);
}
