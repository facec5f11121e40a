namespace RobustWrn.Core;

/// <summary>A stage of a <see cref="DenseNetSpec"/>: layers that each add their output to the channels they read.</summary>
public sealed record DenseNetStage
{
    // Each layer reads all before it, so cost grows with the square of the depth; the deepest published stage has 64 layers (DenseNet-264).
    private const int MostLayers = 1_000;

    /// <summary>Layers in the stage, 1 to 1000. Default 6.</summary>
    public int Depth { get; init; } = 6;

    /// <summary>Channels that enter it: what the stem or the transition before it writes. Default 64.</summary>
    public int Width { get; init; } = 64;

    /// <summary>What is wrong with it.</summary>
    public IEnumerable<Problem> Problems() =>
        [.. Rule.Holds(Depth is >= 1 and <= MostLayers, nameof(Depth), $"must be in [1, {MostLayers}], got {Depth}."),
            .. Rule.Positive(Width, most: SpecLimits.MostChannels)];
}
