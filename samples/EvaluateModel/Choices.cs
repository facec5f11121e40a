using RobustWrn.Samples;

namespace EvaluateModel;

/// <summary>The command line as given.</summary>
public sealed record Choices
{
    public required NetworkChoice Network { get; init; }

    public required ThreatChoice Threat { get; init; }

    public required AttackChoice Attacks { get; init; }

    /// <summary>The network of the surrogate, without which attacks have none.</summary>
    public required NetworkChoice SurrogateNetwork { get; init; }

    public string? Weights { get; init; }

    public string? Surrogate { get; init; }

    public string? Data { get; init; }

    public long? Examples { get; init; }

    public long Seed { get; init; }

    public int? Batch { get; init; }

    public bool BFloat16 { get; init; }

    public string? Journal { get; init; }

    public string? Output { get; init; }

    public string? Timing { get; init; }

    public string? Adversarial { get; init; }
}
