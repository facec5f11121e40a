using RobustWrn.Samples;

namespace SearchArchitecture;

/// <summary>The command line as given.</summary>
internal sealed record Choices
{
    public required SpaceChoice Space { get; init; }

    public required GoalChoice Goals { get; init; }

    public required SamplerChoice Sampler { get; init; }

    public required PrunerChoice Pruner { get; init; }

    public required string Data { get; init; }

    public int? Images { get; init; }

    public int? TestImages { get; init; }

    /// <summary>A published plan or a file.</summary>
    public required string Recipe { get; init; }

    public int? Epochs { get; init; }

    public required AttackChoice Attacks { get; init; }

    public IReadOnlyList<string> Baselines { get; init; } = [];

    public int Replicates { get; init; } = 1;

    public long Seed { get; init; }

    /// <summary>Processes that train.</summary>
    public int Workers { get; init; } = 1;

    public required string Out { get; init; }

    public bool Fresh { get; init; }

    /// <summary>Says what would be done, and trains nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>Says it with the time that it will take, which is measured.</summary>
    public bool Estimate { get; init; }

    public bool Synthetic => Data == SyntheticData.Name;
}
