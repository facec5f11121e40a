using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>A hard constraint of a space: what its networks cost, and the number that is solved for.</summary>
/// <param name="Target">What they cost.</param>
/// <param name="Free">What is solved for.</param>
internal sealed record SpaceConstraint<TSpec>(CostTarget Target, FreeInteger<TSpec> Free)
    where TSpec : INetworkSpec
{
    /// <summary>Its name in verdicts.</summary>
    public string Name => Target.ToString();

    public SpaceConstraint<TOther> On<TOther>(Func<TOther, TSpec> down, Func<TSpec, TOther> up)
        where TOther : INetworkSpec => new(Target, Free.On(down, up));

    /// <summary>Its own problems.</summary>
    public IEnumerable<Problem> Problems() =>
        Target.Problems().Concat(Free.Problems().Select(problem => problem.Within("Free")))
            .Select(problem => problem.Within($"\"{Name}\""));
}
