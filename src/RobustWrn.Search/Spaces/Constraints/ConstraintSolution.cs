namespace RobustWrn.Search;

/// <summary>The network of a point with the number that was solved for.</summary>
/// <param name="Spec">The network nearest to the target; the default where no value gives a valid one.</param>
/// <param name="Value">The number.</param>
/// <param name="Looks">How many networks were looked at.</param>
/// <param name="Reason">Why no value is near enough; null where one is.</param>
internal readonly record struct ConstraintSolution<TSpec>(TSpec? Spec, int Value, int Looks, string? Reason);
