using System.Diagnostics.CodeAnalysis;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// The verdict of a search space on one of its points: kept, rejected by a filter or a hard constraint, or no valid network.
/// </summary>
/// <typeparam name="TSpec">The specification searched over.</typeparam>
public sealed record PointVerdict<TSpec>
    where TSpec : INetworkSpec
{
    internal PointVerdict()
    {
    }

    /// <summary>
    /// The specification at the point, the nearest one where no value meets a hard constraint; null when a value could not be applied.
    /// </summary>
    public TSpec? Spec { get; internal init; }

    /// <summary>The first filter that rejects it, or the hard constraint that no value meets, or null.</summary>
    public string? RejectedBy { get; internal init; }

    /// <summary>Why it is rejected, where that is not said by the name: the nearest values of a hard constraint. Else null.</summary>
    public string? Reason { get; internal init; }

    /// <summary>The number that the hard constraint of the space was solved for; null where it has none.</summary>
    public int? Solved { get; internal init; }

    /// <summary>The number of networks looked at to solve the hard constraint.</summary>
    internal int Looks { get; init; }

    /// <summary>
    /// Why the point is no valid network: what a function threw, or what is wrong with the specification. Empty for a valid one.
    /// </summary>
    public ValueList<Problem> Problems { get; internal init; } = [];

    /// <summary>True where the point is valid and every filter and constraint keeps it.</summary>
    [MemberNotNullWhen(true, nameof(Spec))]
    public bool Kept => Problems.Count == 0 && RejectedBy is null;

    /// <summary>The verdict, with the reason against a point that is not kept.</summary>
    public override string ToString() => Kept ? $"{Spec!.Name}, kept"
        : RejectedBy is not null ? $"rejected by \"{RejectedBy}\"{(Reason is null ? "" : $": {Reason}")}"
            : Quantity.First([.. Problems.Select(problem => problem.ToString())], 3, "; ");
}
