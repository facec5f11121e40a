using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// The depths and the widths that Lu et al. 2022 (arXiv 2212.11005) vary for their rules of scaling: 7^3 = 343 depths, 8^3 = 512 widening
/// factors, of networks of their basic block. What is not varied is that of WRN-28-10, the smallest network of their tables.
/// </summary>
internal static class LuGrids
{
    private const string Source = "Lu et al. 2022, arXiv 2212.11005, and zhichao-lu/robust-residual-network, README: ";

    private static readonly WideResNetSpec Base =
        WideResNetSpec.Wrn(28, 10).WithBlock(new BasicBlock { Shortcut = ShortcutInput.Activated });

    public static ReadyMadeSpace Depths { get; } = new(
        "lu-depths", new SearchSpace<WideResNetSpec>(Base).VaryDepths([2, 3, 4, 5, 7, 9, 11]), Source + "its 343 depth settings");

    public static ReadyMadeSpace Widths { get; } = new(
        "lu-widths", new SearchSpace<WideResNetSpec>(Base).VaryWidening([4, 6, 8, 10, 12, 14, 16, 20]), Source + "its 512 width settings");
}
