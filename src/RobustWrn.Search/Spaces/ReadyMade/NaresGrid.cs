using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// The space of NARes, a table of adversarially trained wide residual networks: depths {4, 5, 7, 9, 11} and widening factors
/// {8, 10, 12, 14, 16} of each of three stages.
/// </summary>
internal static class NaresGrid
{
    public static ReadyMadeSpace Space { get; } = new(
        "nares",
        new SearchSpace<WideResNetSpec>(WideResNetSpec.Wrn(28, 10)).VaryDepths([4, 5, 7, 9, 11]).VaryWidening([8, 10, 12, 14, 16]),
        "the table NARes: depths and widening factors of three stages; all else as in Huang et al. 2021");
}
