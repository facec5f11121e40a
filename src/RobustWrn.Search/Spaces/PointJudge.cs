using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>Makes the network of a point: applies values, solves the hard constraint, asks the filters.</summary>
internal sealed class PointJudge<TSpec>(SpaceParts<TSpec> parts, Func<ValueList<int>, int, bool> isActive)
    where TSpec : INetworkSpec
{
    internal const string Inactive = "canonical form";

    /// <summary>The verdict on a point of the grid.</summary>
    /// <param name="point">One value index per dimension.</param>
    /// <param name="filtered">Asks the filters, too.</param>
    public PointVerdict<TSpec> Of(ValueList<int> point, bool filtered)
    {
        PointVerdict<TSpec> verdict = Solved(Applied(point));
        if (verdict.Spec is null || verdict.Problems.Count > 0)
            return verdict;
        verdict = verdict with { Problems = verdict.Spec.Problems().ToValueList() };
        if (verdict.Problems.Count > 0 || verdict.RejectedBy is not null || !filtered)
            return verdict;
        if (IdleValue(point) is { } reason)
            return verdict with { RejectedBy = Inactive, Reason = reason };
        foreach (SpaceFilter<TSpec> filter in parts.Filters)
        {
            try
            {
                if (!filter.Keep(verdict.Spec))
                    return verdict with { RejectedBy = filter.Name };
            }
            catch (Exception e)
            {
                return verdict with { Problems = Failed(filter.Name, "the filter failed", e).Problems };
            }
        }
        return verdict;
    }

    /// <summary>The base with one value alone; null where it cannot be applied.</summary>
    public TSpec? Alone(int dimension, int value)
    {
        try
        {
            return parts.Axes[dimension].Apply(parts.Base, value);
        }
        catch (Exception)
        {
            return default;
        }
    }

    private PointVerdict<TSpec> Applied(ValueList<int> point)
    {
        TSpec spec = parts.Base;
        for (int d = 0; d < point.Count; d++)
        {
            SpaceAxis<TSpec> axis = parts.Axes[d];
            try
            {
                if (axis.Conditions.Count == 0 || isActive(point, d))
                    spec = axis.Apply(spec, point[d]) ?? throw new InvalidOperationException("the function returned null");
            }
            catch (Exception e)
            {
                return Failed(axis.Dimension.Name, $"the value {Excerpt.Of(axis.Dimension.Values[point[d]])} could not be applied", e);
            }
        }
        return new() { Spec = spec };
    }

    private PointVerdict<TSpec> Solved(PointVerdict<TSpec> verdict)
    {
        if (verdict.Spec is not { } spec || parts.Constraints.Count == 0)
            return verdict;
        // Several are a problem of the space.
        SpaceConstraint<TSpec> constraint = parts.Constraints[0];
        try
        {
            ConstraintSolution<TSpec> solution = ConstraintSolver<TSpec>.Solve(constraint, spec);
            return solution.Spec is null
                ? new() { Spec = spec, Looks = solution.Looks, RejectedBy = constraint.Name, Reason = solution.Reason }
                : new()
                {
                    Spec = solution.Spec,
                    Solved = solution.Value,
                    Looks = solution.Looks,
                    RejectedBy = solution.Reason is null ? null : constraint.Name,
                    Reason = solution.Reason,
                };
        }
        catch (Exception e)
        {
            return Failed(constraint.Name, $"{constraint.Free} could not be solved for", e);
        }
    }

    private string? IdleValue(ValueList<int> point)
    {
        for (int d = 0; d < point.Count; d++)
        {
            if (point[d] == 0 || parts.Axes[d].Conditions.Count == 0 || isActive(point, d))
                continue;
            return $"\"{parts.Axes[d].Dimension.Name}\" counts only where {string.Join(" and ", parts.Axes[d].Conditions)}; "
                + $"elsewhere its index must be 0, got {point[d]}. Take SpaceShape.Canonical of the point.";
        }
        return null;
    }

    private static PointVerdict<TSpec> Failed(string subject, string what, Exception error) =>
        new() { Problems = [new Problem($"\"{subject}\"", $"{what}: {error.GetType().Name}: {error.Message}")] };
}
