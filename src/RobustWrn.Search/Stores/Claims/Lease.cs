namespace RobustWrn.Search;

/// <summary>The time until which a worker's silence is borne.</summary>
/// <param name="Trial">The trial that it holds.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="Until">The time, by the store's clock, UTC.</param>
public sealed record Lease(int Trial, int Attempt, DateTimeOffset Until);
