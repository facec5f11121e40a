namespace RobustWrn.Core;

/// <summary>What the 1x1 convolution of a pre-activation block's shortcut reads. There is one where the width changes or the stride is not 1.</summary>
public enum ShortcutInput
{
    /// <summary>The activated input where the width changes, the raw one where only the stride does: Huang et al. 2021 and TRADES (Zhang et al. 2019), after Zagoruyko and Komodakis 2016.</summary>
    ActivatedWhereWidthChanges,

    /// <summary>Always the activated input: Lu et al. 2022 (arXiv 2212.11005); Gowal et al. 2020, whose stages always change the width.</summary>
    Activated,
}
