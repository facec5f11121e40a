namespace RobustWrn.Core;

/// <summary>What a network costs for images of one size.</summary>
/// <param name="Parameters">Learned numbers, without buffers such as running statistics.</param>
/// <param name="MultiplyAdds">
/// Multiply-adds of convolutions and linear layers for one image (MACs; most papers print them as "FLOPs").
/// </param>
public sealed record NetworkCost(long Parameters, long MultiplyAdds)
{
    /// <summary>The parts in the order of the forward pass: stem, stages, head. Their sums are the totals.</summary>
    public ValueList<PartCost> Parts { get; init; } = ValueList<PartCost>.Empty;

    /// <summary>The cost of parts one after another.</summary>
    public static NetworkCost Of(IEnumerable<PartCost> parts)
    {
        ValueList<PartCost> list = parts.ToValueList();
        return new NetworkCost(list.Sum(part => part.Parameters), list.Sum(part => part.MultiplyAdds)) { Parts = list };
    }
}

/// <summary>What one part of a network costs: the stem, a stage, the head.</summary>
/// <param name="Name">The part's name.</param>
/// <param name="Parameters">Learned numbers.</param>
/// <param name="MultiplyAdds">Multiply-adds for one image.</param>
/// <param name="Channels">Channels of its output.</param>
/// <param name="Height">Rows of its output.</param>
/// <param name="Width">Columns of its output.</param>
public sealed record PartCost(string Name, long Parameters, long MultiplyAdds, int Channels, int Height, int Width);
