namespace RobustWrn.Core;

/// <summary>Sizes that layers share.</summary>
public static class LayerCost
{
    /// <summary>Rows or columns after a layer that keeps the size at stride 1: ceil(size / stride).</summary>
    public static int Strided(int size, int stride) => (size - 1) / Math.Max(1, stride) + 1;
}
