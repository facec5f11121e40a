namespace RobustWrn.Core;

/// <summary>The first convolution: 3x3, without bias.</summary>
public sealed record StemSpec
{
    /// <summary>Channels of its output. Default 16 (Zagoruyko and Komodakis 2016).</summary>
    public int Width { get; init; } = 16;

    /// <summary>Step of its window. Default 1.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>What is wrong with it.</summary>
    public IEnumerable<Problem> Problems() => [.. Rule.Positive(Width), .. Rule.Positive(Stride)];
}
