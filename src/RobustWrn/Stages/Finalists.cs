using RobustWrn.Search;

namespace RobustWrn;

/// <summary>
/// Chooses what reaches the test split: the Pareto front and the baselines. Before test is read each is audited on validation; one whose
/// robustness cannot be believed leaves the front, and what comes forward in its place is audited, too. Of what stopped because of it the
/// attacks go on, until they finish or it cannot reach the others any more.
/// </summary>
internal static class Finalists
{
    /// <summary>Marks the front and gives the networks to test.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="candidates">All networks.</param>
    /// <param name="audit">Audits one on validation, and notes it there.</param>
    /// <param name="goOn">
    /// Goes on with the attacks that rank a network and stopped: told what others it is measured against now, it notes the judgement and
    /// the outcome there. Null where nothing is ranked by attacks of its own.
    /// </param>
    public static Candidate[] Of(
        RobustExperiment experiment, IReadOnlyList<Candidate> candidates, Action<Candidate> audit,
        Action<Candidate, IReadOnlyList<TrialOutcome>>? goOn = null)
    {
        Candidate[] trained = [.. candidates.Where(candidate => candidate.IsTrained)];
        HashSet<Candidate> audited = [];
        while (true)
        {
            MarkFront(experiment, trained);
            Candidate[] finalists = [.. trained.Where(candidate => candidate.OnFront || candidate.Trial is null)];
            Candidate[] next = [.. finalists.Where(audited.Add)];
            foreach (Candidate candidate in next)
            {
                audit(candidate);
                if (candidate.IsSuspect)
                    ExperimentLog.Suspected(experiment.Logger, candidate.Spec.Name, candidate.Trial,
                        candidate.Audit!.Verdict.ToString().ToLowerInvariant(), $"{candidate.Audit.Findings[0]}");
            }
            if (!next.Any(candidate => candidate.IsSuspect))
                return finalists;
            foreach (Candidate candidate in trained.Where(candidate => candidate.IsBound))
                goOn?.Invoke(candidate, Believed(trained));
        }
    }

    // Baselines are compared with, and race with nobody.
    private static TrialOutcome[] Believed(Candidate[] trained) =>
    [
        .. trained.Where(candidate => candidate is { Trial: not null, IsSuspect: false, IsBound: false })
            .Select(candidate => candidate.Outcome!),
    ];

    private static void MarkFront(RobustExperiment experiment, Candidate[] trained)
    {
        foreach (Candidate candidate in trained)
            candidate.OnFront = false;
        Candidate[] good = [.. trained.Where(candidate =>
            !candidate.IsSuspect && !candidate.IsBound && experiment.Limits.All(limit => limit.IsKeptBy(candidate.Outcome!.Measures)))];
        ParetoObjective<Candidate>[] objectives = experiment.Goals.Count <= 1 ? Usual() :
        [
            .. experiment.Goals.Select(goal => ParetoObjective.Of<Candidate>(
                goal.Objective, candidate => candidate.Outcome!.Find(goal.Objective.Name)!.Value)),
        ];
        foreach (Candidate candidate in ParetoFront.Of(good, objectives))
            candidate.OnFront = true;
    }

    private static ParetoObjective<Candidate>[] Usual() =>
    [
        ParetoObjective.Maximise<Candidate>("robust accuracy", candidate => candidate.Robust),
        ParetoObjective.Maximise<Candidate>("clean accuracy", candidate => candidate.Clean),
        ParetoObjective.Minimise<Candidate>("parameters", candidate => candidate.Cost.Parameters),
        ParetoObjective.Minimise<Candidate>("MACs", candidate => candidate.Cost.MultiplyAdds),
    ];
}
