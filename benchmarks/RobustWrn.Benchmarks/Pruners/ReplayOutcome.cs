namespace RobustWrn.Benchmarks;

/// <summary>The price and the loss of a pruner in one order of the runs.</summary>
/// <param name="Used">The share of all epochs that were run.</param>
/// <param name="Regret">The best value of all runs less the best of those that were not pruned.</param>
/// <param name="SeenRegret">The same where the epochs of pruned runs before they ended count, too.</param>
/// <param name="RandomSubset">The expected regret of as many whole runs, drawn at random, as those epochs pay for.</param>
internal sealed record ReplayOutcome(double Used, double Regret, double SeenRegret, double RandomSubset);
