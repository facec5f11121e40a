using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>A network to try, handed out by <see cref="Study{TSpec}.Ask"/>.</summary>
/// <typeparam name="TSpec">The specification searched over.</typeparam>
/// <param name="Number">Its number, from 0.</param>
/// <param name="Attempt">The number of the attempt, from 1.</param>
/// <param name="Point">One value index per dimension.</param>
/// <param name="Values">The values at the point.</param>
/// <param name="Spec">The specification to build, train and judge.</param>
public sealed record Trial<TSpec>(int Number, int Attempt, ValueList<int> Point, ValueList<DimensionValue> Values, TSpec Spec)
    where TSpec : INetworkSpec
{
    /// <summary>
    /// Cancelled when the trial is another worker's by now, or cannot be kept any more: what it finds would not be taken.
    /// </summary>
    public CancellationToken Lost { get; init; }

    /// <summary>Two are equal when they are the same attempt at the same point.</summary>
    public bool Equals(Trial<TSpec>? other) => other is not null
        && (Number, Attempt) == (other.Number, other.Attempt) && Point.Equals(other.Point);

    /// <summary>Goes with <see cref="Equals(Trial{TSpec})"/>.</summary>
    public override int GetHashCode() => HashCode.Combine(Number, Attempt, Point);

    /// <summary>Number, network and values.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"trial {Number}: {Spec.Name} {Values}");
}
