namespace RobustWrn.Training;

/// <summary>The parameters that weight decay draws towards zero.</summary>
public enum DecayedParameters
{
    /// <summary>All of them, as PyTorch's optimisers do when they are given a network's parameters (Huang et al. 2021).</summary>
    All,

    /// <summary>
    /// All but those of normalisations and activations (Gowal et al. 2020, Rebuffi et al. 2021 and Wang et al. 2023 for batch norm).
    /// </summary>
    AllButNorms,

    /// <summary>
    /// Only weights of two and more dimensions, those of convolutions and linear layers: neither norms nor biases (Goyal et al.
    /// 2017, arXiv 1706.02677; He et al. 2019, arXiv 1812.01187).
    /// </summary>
    Weights,
}
