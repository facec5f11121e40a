namespace RobustWrn.Core;

/// <summary>Where a basic block squeezes and excites.</summary>
public enum SqueezePlacement
{
    /// <summary>After the second convolution, before the sum: "standard" in Hu et al. 2018, and RaWRN-70-16 (Peng et al. 2023, arXiv 2308.16258).</summary>
    AfterSecondConvolution,

    /// <summary>After the first convolution, before its normalisation: the other order of Peng et al. 2023.</summary>
    AfterFirstConvolution,

    /// <summary>Before the first convolution, after its activation; the shortcut does not pass through it: "SE-PRE" in Hu et al. 2018.</summary>
    BeforeFirstConvolution,
}
