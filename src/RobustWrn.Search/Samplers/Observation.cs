using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>A trial before, as a sampler knows it.</summary>
/// <param name="Number">The trial's number, from 0.</param>
/// <param name="Point">One value index per dimension.</param>
/// <param name="Identity">The network's, as <see cref="SpaceShape.IdentityOf"/> gives it: equal networks have the same.</param>
/// <param name="State">How far the trial is.</param>
public sealed record Observation(int Number, ValueList<int> Point, string Identity, TrialState State)
{
    /// <summary>
    /// One value per objective, larger ones better: of a completed trial what it was told with, of a pruned one what it would probably have
    /// come to (<see cref="PrunedEstimate"/>), where anything is known of that. Empty for others.
    /// </summary>
    public ValueList<double> Values { get; init; } = [];

    /// <summary>
    /// One number per constraint, above 0 where it is broken (<see cref="StudyConstraint.Excess"/>); empty unless the trial is completed.
    /// </summary>
    public ValueList<double> Excesses { get; init; } = [];

    /// <summary>Says that there are values to learn from.</summary>
    public bool IsTold => Values.Count > 0;

    /// <summary>The sum over the constraints that it breaks; 0 for a trial that keeps all.</summary>
    public double Violation => Excesses.Count == 0 ? 0 : Excesses.Sum(excess => Math.Max(0, excess));

    /// <summary>Says that it keeps all constraints.</summary>
    public bool IsFeasible => Violation == 0;

    /// <summary>The trial as one of which nothing is known yet but its point.</summary>
    public Observation AsPending() => State == TrialState.Pending ? this : new(Number, Point, Identity, TrialState.Pending);

    /// <summary>Number, point and values.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"trial {Number} at {Point}: {(IsTold ? Values.ToString() : State.ToString().ToLowerInvariant())}");
}
