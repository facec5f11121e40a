namespace EvaluateModel;

/// <summary>The command line as given.</summary>
public sealed record Choices
{
    public required NetworkChoice Network { get; init; }

    public required ThreatChoice Threat { get; init; }

    public required AttackChoice Attacks { get; init; }

    public string? Weights { get; init; }

    public string? Data { get; init; }

    public long? Examples { get; init; }

    public long Seed { get; init; }

    public int Batch { get; init; }

    public string? Output { get; init; }

    public string? Adversarial { get; init; }
}
