using RobustWrn.Core;

namespace RobustWrn.Attacks;

/// <summary>
/// Learns from the blocks that are done how long the rest takes. An attack's time is that of the images it attacked so far, times those it has yet to attack when as many are right before it as
/// were so far; an attack that has not attacked any is taken to need the time of the others for the gradients it asks for at most.
/// </summary>
internal sealed class EvaluationPace(AttackSuite suite, ThreatModel threat, long images, TimeProvider clock)
{
    private readonly long _start = clock.GetTimestamp();
    private readonly long[] _done = new long[suite.Attacks.Count], _before = new long[suite.Attacks.Count], _after = new long[suite.Attacks.Count];
    private readonly AttackRun[] _runs = new AttackRun[suite.Attacks.Count];

    /// <summary>What the attacks took so far, with the classification of what they returned.</summary>
    public long Passes => _runs.Sum(run => run.Passes);

    /// <summary>Counts an attack on a block, run now or by an earlier process that kept the journal.</summary>
    /// <param name="attack">Its place in the suite.</param>
    /// <param name="done">Images of all blocks so far.</param>
    /// <param name="before">Images of the block that were right when it came.</param>
    /// <param name="after">Images of the block that were right when it had gone.</param>
    /// <param name="run">What it took.</param>
    public EvaluationProgress Add(int attack, long done, long before, long after, AttackRun run)
    {
        _done[attack] = done;
        _before[attack] += before;
        _after[attack] += after;
        _runs[attack] += run;
        return new EvaluationProgress(suite.Attacks[attack].Name, done, images, _after[attack])
        {
            AttackNumber = attack + 1,
            AttackCount = suite.Attacks.Count,
            Epsilon = threat.Epsilon,
            Elapsed = clock.GetElapsedTime(_start),
            Remaining = Remaining(),
        };
    }

    public AttackTally Tally(int attack) => new(suite.Attacks[attack].Name, _before[attack], _after[attack], _runs[attack].Duration) { Farthest = _runs[attack].Farthest };

    private TimeSpan Remaining()
    {
        double known = Enumerable.Range(0, _runs.Length).Sum(a => (double)_before[a] * suite.Attacks[a].MaxGradients);
        TimeSpan gradient = known > 0 ? _runs.Aggregate(TimeSpan.Zero, (sum, run) => sum + run.Duration) / known : TimeSpan.Zero;
        TimeSpan remaining = TimeSpan.Zero;
        double right = 1;
        for (int a = 0; a < _runs.Length; a++)
        {
            if (_done[a] > 0)
                right = (double)_before[a] / _done[a];
            TimeSpan image = _before[a] > 0 ? _runs[a].Duration / _before[a] : gradient * suite.Attacks[a].MaxGradients;
            remaining += image * ((images - _done[a]) * right);
            if (_done[a] > 0)
                right = (double)_after[a] / _done[a];
        }
        return remaining;
    }
}
