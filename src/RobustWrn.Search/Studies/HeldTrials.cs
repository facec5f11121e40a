using Microsoft.Extensions.Logging;

namespace RobustWrn.Search;

/// <summary>The trials that a study has handed out: it says for each, four times a lease, that a worker is at work.</summary>
internal sealed class HeldTrials : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Held> _trials = [];
    private readonly IStudyStore _store;
    private readonly ILogger _logger;
    private readonly Timer _timer;
    private bool _beating;

    public HeldTrials(IStudyStore store, ILogger logger)
    {
        (_store, _logger) = (store, logger);
        _timer = new Timer(_ => Beat(), null, store.Rules.Beat, store.Rules.Beat);
    }

    /// <summary>Keeps a trial alive from now on.</summary>
    /// <returns>Cancelled when that is no longer possible.</returns>
    public CancellationToken Add(int trial, int attempt)
    {
        lock (_gate)
        {
            _trials[trial] = new Held(attempt, new CancellationTokenSource(), Environment.TickCount64);
            return _trials[trial].Lost.Token;
        }
    }

    /// <summary>True for a trial that is kept alive.</summary>
    public bool Contains(int trial)
    {
        lock (_gate)
            return _trials.ContainsKey(trial);
    }

    /// <summary>Keeps it alive no longer.</summary>
    public void Remove(int trial)
    {
        lock (_gate)
            _trials.Remove(trial);
    }

    /// <summary>Lets go of all.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        lock (_gate)
        {
            foreach ((int trial, Held held) in _trials)
            {
                try
                {
                    _store.Append(new TrialReleased { Trial = trial, Attempt = held.Attempt, Cause = ReleaseCause.Stopped });
                }
                catch (IOException)
                {
                    // Their leases end of themselves.
                    break;
                }
            }
            _trials.Clear();
        }
    }

    private void Beat()
    {
        lock (_gate)
        {
            // A store that is slow is not asked again before it has answered.
            if (_beating)
                return;
            _beating = true;
        }
        List<Held> lost = [];
        foreach ((int trial, Held held) in Snapshot())
        {
            bool kept = false;
            try
            {
                kept = _store.Beat(trial, held.Attempt);
                if (kept)
                    held.Heard = Environment.TickCount64;
            }
            catch (Exception e) when (e is IOException or InvalidOperationException)
            {
                // Whoever cannot be heard for a lease has lost its trial, also where nobody says so.
                kept = Environment.TickCount64 - held.Heard < _store.Rules.Lease.TotalMilliseconds;
                SearchLog.BeatNotKept(_logger, trial, e.Message);
            }
            if (!kept && Forget(trial, held))
            {
                SearchLog.LostClaim(_logger, trial, held.Attempt);
                lost.Add(held);
            }
        }
        lock (_gate)
            _beating = false;
        foreach (Held held in lost)
            held.Lost.Cancel();
    }

    private KeyValuePair<int, Held>[] Snapshot()
    {
        lock (_gate)
            return [.. _trials];
    }

    private bool Forget(int trial, Held held)
    {
        lock (_gate)
            return _trials.TryGetValue(trial, out Held? now) && now == held && _trials.Remove(trial);
    }

    private sealed class Held(int attempt, CancellationTokenSource lost, long heard)
    {
        public int Attempt { get; } = attempt;

        public CancellationTokenSource Lost { get; } = lost;

        public long Heard { get; set; } = heard;
    }
}
