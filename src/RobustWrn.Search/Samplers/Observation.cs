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
    /// <summary>One value per objective, larger ones better; empty unless the trial is completed.</summary>
    public ValueList<double> Values { get; init; } = [];

    /// <summary>Says that there are values to learn from.</summary>
    public bool IsTold => State == TrialState.Completed;

    /// <summary>Number, point and values.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"trial {Number} at {Point}: {(IsTold ? Values.ToString() : State.ToString().ToLowerInvariant())}");
}
