namespace RobustWrn.Search;

/// <summary>
/// The trials that no pruner ends. Whatever is measured on trials that were allowed to finish is measured on survivors; these are none,
/// so correlations between rungs and ends, and the price of pruning, are read from them.
/// </summary>
public static class PruningExemption
{
    /// <summary>One trial in so many is exempt.</summary>
    public const int Every = 4;

    /// <summary>Tells whether a trial is exempt: the fourth, the eighth, and so on.</summary>
    /// <param name="number">The trial's number, from 0.</param>
    public static bool Covers(int number) => number % Every == Every - 1;
}
