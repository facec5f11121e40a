namespace RobustWrn.Core;

/// <summary>Where a convolution adds the zeros that keep the size at stride 1.</summary>
public enum Padding
{
    /// <summary>The same number on all sides, whatever the stride: PyTorch's and Huang et al.'s (2021) convention.</summary>
    Symmetric,

    /// <summary>
    /// As many as the outputs need, the odd one at the bottom and right: TensorFlow's SAME, which Gowal et al.
    /// 2020 (arXiv 2010.03593) and the leaderboards' networks after them use; it differs where the stride is 2 and the size even.
    /// </summary>
    Same,
}

internal static class Paddings
{
    /// <summary>
    /// Zeros that SAME adds along a side of an image, both ends together: max((ceil(size / stride) - 1) * stride + kernel - size, 0).
    /// </summary>
    public static int Total(long size, int kernel, int stride) => (int)Math.Max(((size + stride - 1) / stride - 1) * stride + kernel - size, 0);
}
