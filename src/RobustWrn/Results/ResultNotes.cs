using RobustWrn.Core;

namespace RobustWrn;

/// <summary>Notes on what the numbers of a result can and cannot show.</summary>
internal static class ResultNotes
{
    // Below this, a 95 % interval of an accuracy near one half is wider than 6 points.
    private const long SmallTestSplit = 1_000;

    public static IEnumerable<string> For(RobustExperiment experiment, int failed, int suspect, int pruned)
    {
        yield return experiment.Replicates == 1
            ? "Each network was trained once, with one seed. Intervals cover which images were drawn, not which seed: they compare these trained networks, "
                + "and cannot show that one architecture is better than another. Use Replicated(3) or more for that."
            : $"Networks of the final evaluation were trained {experiment.Replicates} times; test numbers pool all replicates, and the table of attacks shows each. "
                + "Trials were ranked by their first training alone.";
        yield return "Trials are ranked on validation images, and the best of many is chosen: its validation accuracy is optimistic. The test numbers are not.";
        if (experiment.RankingSuite is { } ranking)
        {
            yield return $"Trials were ranked by {ranking.Name} on validation, and raced: the attacks on one stopped as soon as it could not "
                + "be as robust as a trial before it that was as good in all other objectives, or broke a limit. Of those \"at most\" is an "
                + "upper bound and no accuracy; they are on no front"
                + (experiment.Goals.Count == 1 ? ", which shows what finished, not every trade-off with size." : ".");
        }
        if (experiment.Data.Test.Count < SmallTestSplit)
            yield return $"The test split has {Quantity.Of(experiment.Data.Test.Count, "image")}; "
                + "intervals are wide.";
        if (experiment.Space is not null && experiment.BatchWidth is null)
            yield return "The search was free-running: each trial was proposed from all that was known by then, so another run may try "
                + "other networks.";
        if (pruned > 0)
            yield return $"{Quantity.Of(pruned, "training")} {(pruned == 1 ? "was" : "were")} ended early because of what "
                + $"{(pruned == 1 ? "it" : "they")} reported on the way: what {(pruned == 1 ? "it" : "they")} would have come to is not "
                + "known. Each fourth trial is trained to its end whatever it reports.";
        if (suspect > 0)
            yield return $"{Quantity.Of(suspect, "network")} could not be believed on validation and "
                + $"{(suspect == 1 ? "is" : "are")} not on the front: the audit of each says why.";
        if (experiment.Budget.MaxTime is not null)
            yield return "The search had a time limit, so how many trials ran depends on the machine.";
        yield return $"Robust accuracy is what {string.Join(", then ", experiment.Suite.Attacks.Select(attack => attack.Name))} left over: an upper bound, which stronger attacks can lower.";
        if (failed > 0)
            yield return $"{Quantity.Of(failed, "network")} could not be trained and {(failed == 1 ? "is" : "are")} listed with the reason.";
    }
}
