using System.Diagnostics.CodeAnalysis;

namespace RobustWrn.Attacks;

/// <summary>
/// The outcome of an evaluation that had a robust accuracy to reach: the result where it did, an upper bound where it could not.
/// </summary>
public sealed record RacedEvaluation
{
    private RacedEvaluation()
    {
    }

    /// <summary>The result of an evaluation that finished; null where there is a bound.</summary>
    public RobustnessResult? Result { get; private init; }

    /// <summary>The upper bound of one that stopped; null where there is a result.</summary>
    public RobustnessBound? Bound { get; private init; }

    /// <summary>True where the whole suite attacked all images, so that there is a result.</summary>
    [MemberNotNullWhen(true, nameof(Result))]
    [MemberNotNullWhen(false, nameof(Bound))]
    public bool IsFinished => Result is not null;

    /// <summary>An evaluation that finished.</summary>
    public static RacedEvaluation Of(RobustnessResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return new() { Result = result };
    }

    /// <summary>One that stopped.</summary>
    public static RacedEvaluation Of(RobustnessBound bound)
    {
        ArgumentNullException.ThrowIfNull(bound);
        return new() { Bound = bound };
    }

    /// <summary>The result, or the bound.</summary>
    public override string ToString() => Result?.ToString() ?? Bound?.ToString() ?? "nothing";
}
