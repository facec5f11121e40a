using System.Globalization;

namespace RobustWrn.Search;

/// <summary>The time until which a worker's silence is borne.</summary>
/// <param name="Trial">The trial that it holds.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="Until">The time, by the store's clock, UTC.</param>
public sealed record Lease(int Trial, int Attempt, DateTimeOffset Until)
{
    /// <summary>The trial, the attempt and the time.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"trial {Trial}, attempt {Attempt}, until {Until:O}");
}
