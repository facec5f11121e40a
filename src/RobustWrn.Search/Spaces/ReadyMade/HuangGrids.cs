using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// Depths and widths of the three stages around WRN-34-10, which Huang et al. 2021 (arXiv 2110.03825) vary one after the other.
/// </summary>
/// <remarks>
/// The paper shows its grids in figures and its code does not hold them, so the values here are this library's: the depths are single
/// digits around WRN-34-10's 5-5-5; the factors hold WRN-34-10, WRN-34-12, WRN-34-20 and WRN-34-R (20-20-8).
/// </remarks>
internal static class HuangGrids
{
    private const string Source = "after Huang et al. 2021, arXiv 2110.03825, whose grids are not published as numbers: ";

    public static ReadyMadeSpace Depths { get; } = new(
        "huang-depths",
        new SearchSpace<WideResNetSpec>(WideResNetSpec.Wrn(34, 10)).VaryDepths([1, 3, 5, 7, 9]),
        Source + "depths 1 to 9 of each stage of WRN-34-10");

    public static ReadyMadeSpace Widths { get; } = new(
        "huang-widths",
        new SearchSpace<WideResNetSpec>(WideResNetSpec.Wrn(34, 10)).VaryWidening([4, 8, 10, 12, 16, 20]),
        Source + "widening factors 4 to 20 of each stage of WRN-34-10");
}
