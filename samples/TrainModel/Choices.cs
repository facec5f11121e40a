using RobustWrn.Samples;

namespace TrainModel;

/// <summary>The command line as given.</summary>
public sealed record Choices
{
    /// <summary>A published plan or a file; null takes the default, or that of the training to go on with.</summary>
    public string? Recipe { get; init; }

    /// <summary>A network; null takes the default, or that of the training to go on with.</summary>
    public string? Spec { get; init; }

    public required string Data { get; init; }

    public string? Extra { get; init; }

    /// <summary>Weights to start from.</summary>
    public string? Weights { get; init; }

    public WeightsChoice WeightsFrom { get; init; } = new();

    /// <summary>A checkpoint to go on from, or a folder with some.</summary>
    public string? Continue { get; init; }

    public long? Images { get; init; }

    public int? Epochs { get; init; }

    /// <summary>What randomness comes from; null takes 0, or that of the training to go on with.</summary>
    public long? Seed { get; init; }

    public required string Out { get; init; }
}
