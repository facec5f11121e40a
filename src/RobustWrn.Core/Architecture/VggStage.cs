namespace RobustWrn.Core;

/// <summary>A stage of a <see cref="VggSpec"/>: 3x3 convolutions of one width, then a pooling that halves the resolution.</summary>
public sealed record VggStage
{
    /// <summary>Convolutions in the stage. Default 1.</summary>
    public int Depth { get; init; } = 1;

    /// <summary>Channels of each. Default 64.</summary>
    public int Width { get; init; } = 64;

    /// <summary>What is wrong with it.</summary>
    public IEnumerable<Problem> Problems() =>
        [.. Rule.Positive(Depth, most: SpecLimits.MostLayers), .. Rule.Positive(Width, most: SpecLimits.MostChannels)];
}
