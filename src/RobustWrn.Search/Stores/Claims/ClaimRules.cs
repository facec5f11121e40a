using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>The silence that a worker is allowed, and the number of times a trial is tried. Not part of a study's identity.</summary>
public sealed record ClaimRules
{
    private static readonly TimeSpan LongestLease = TimeSpan.FromDays(30);

    /// <summary>
    /// A worker that is not heard of for so long has lost its trial. Beats come four times as often. Default 5 minutes: longer than any
    /// pause of a machine that still works.
    /// </summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>So many failures end a trial. Default 2: what fails twice is hardly the machine's fault.</summary>
    public int MaxFailures { get; init; } = 2;

    /// <summary>
    /// So many losses of a worker end a trial that reported nothing in between. Default 3: a network that takes its process down with it
    /// must not take down all.
    /// </summary>
    public int MaxLosses { get; init; } = 3;

    /// <summary>The time between two beats.</summary>
    public TimeSpan Beat => Lease / 4;

    /// <summary>The lease and the limits.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"a lease of {Lease}, at most {Quantity.Of(MaxFailures, "failure")} and {MaxLosses} losses of a worker");

    /// <summary>Its problems.</summary>
    public IEnumerable<Problem> Problems() =>
    [
        .. Rule.Holds(Lease >= TimeSpan.FromMilliseconds(20) && Lease <= LongestLease, nameof(Lease),
            $"must be between 20 ms and {LongestLease.Days} days, got {Lease}."),
        .. Rule.Positive(MaxFailures),
        .. Rule.Positive(MaxLosses),
    ];
}
