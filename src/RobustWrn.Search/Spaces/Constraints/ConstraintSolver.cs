using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// Finds the whole number with which a network costs what it must: by bisection, since costs rise with widths and depths. Where two values
/// are equally near, the smaller one is taken.
/// </summary>
/// <remarks>
/// Values that give no valid network are passed over, up to <see cref="MostPassed"/> in a row; where as many are no valid networks they
/// count as too large, but the smallest ones as too small. Irregular values stand outside the order and are looked at one by one, those
/// nearest to the crossing.
/// </remarks>
internal sealed class ConstraintSolver<TSpec>
    where TSpec : INetworkSpec
{
    private const int MostPassed = 64, MostPassedFirst = 500, MostIrregular = 16;

    private readonly SpaceConstraint<TSpec> _constraint;
    private readonly TSpec _spec;
    private readonly FreeInteger<TSpec> _free;
    private readonly HashSet<int> _irregular;
    private int _looks;

    private ConstraintSolver(SpaceConstraint<TSpec> constraint, TSpec spec)
    {
        (_constraint, _spec, _free) = (constraint, spec, constraint.Free);
        _irregular = [.. _free.Irregular?.Invoke(spec)
            .Where(value => value >= _free.Least && value <= _free.Most && (value - _free.Least) % _free.Step == 0)
            .Select(value => (value - _free.Least) / _free.Step) ?? []];
    }

    /// <summary>Solves a constraint for the network of a point.</summary>
    /// <param name="constraint">The constraint, without problems of its own.</param>
    /// <param name="spec">The network, whatever number it has.</param>
    public static ConstraintSolution<TSpec> Solve(SpaceConstraint<TSpec> constraint, TSpec spec) =>
        new ConstraintSolver<TSpec>(constraint, spec).Solve();

    private ConstraintSolution<TSpec> Solve()
    {
        (Candidate? below, Candidate? above) = Crossing();
        int crossing = above?.Index ?? below?.Index ?? 0;
        Candidate? best = null;
        foreach (Candidate? candidate in new[] { below, above }
            .Concat(_irregular.OrderBy(index => Math.Abs((long)index - crossing)).Take(MostIrregular).Select(At)))
        {
            if (candidate?.Cost is not { } cost)
                continue;
            (double gap, double least) = (Math.Abs(_constraint.Target.Gap(cost)), best is null ? double.PositiveInfinity : Gap(best));
            if (gap < least || (gap == least && candidate.Index < best!.Index))
                best = candidate;
        }
        if (best is null)
            return new(default, 0, _looks, $"no value of {_free} gives a valid network.");
        bool met = _constraint.Target.IsMet(best.Cost!.Value);
        return new(best.Spec, _free.At(best.Index), _looks, met ? null : Reason(below, above, best));
    }

    // The last regular value that costs less than the target, and the first that does not.
    private (Candidate? Below, Candidate? Above) Crossing()
    {
        int last = _free.Count - 1;
        Candidate? first = From(0, last, MostPassedFirst), above = null;
        if (first is null || !IsBelow(first))
            return (null, first);
        Candidate below = first;
        int low = below.Index, high = last + 1;
        // Doubled steps first: networks far above the target cost time, and may be too large to exist.
        for (long step = 1; low < last; step *= 2)
        {
            int to = (int)Math.Min(low + step, last);
            Candidate? next = From(to, last);
            if (next is null || !IsBelow(next))
            {
                (above, high) = (next, to);
                break;
            }
            (below, low) = (next, next.Index);
        }
        while (high - low > 1)
        {
            int middle = low + (high - low) / 2;
            Candidate? next = From(middle, high - 1);
            if (next is not null && IsBelow(next))
                (below, low) = (next, next.Index);
            else
                (above, high) = (next ?? above, middle);
        }
        return (below, above);
    }

    // The first regular value from one on that gives a valid network; null where there is none near.
    private Candidate? From(int index, int last, int most = MostPassed)
    {
        for (int i = index, passed = 0; i <= last && passed < most; i++)
        {
            if (_irregular.Contains(i))
                continue;
            if (At(i) is { } candidate)
                return candidate;
            passed++;
        }
        return null;
    }

    private Candidate? At(int index)
    {
        _looks++;
        TSpec spec = _free.Apply(_spec, _free.At(index));
        try
        {
            return new(index, spec, _constraint.Target.Of(spec));
        }
        catch (InvalidDescriptionException)
        {
            return null;
        }
    }

    private bool IsBelow(Candidate candidate) => candidate.Cost < _constraint.Target.Amount;

    private double Gap(Candidate candidate) => Math.Abs(_constraint.Target.Gap(candidate.Cost!.Value));

    private string Reason(Candidate? below, Candidate? above, Candidate best)
    {
        IEnumerable<Candidate> near = new[] { below, above, best }.OfType<Candidate>().Where(candidate => candidate.Cost is not null)
            .DistinctBy(candidate => candidate.Index).OrderBy(candidate => candidate.Index);
        return $"no value of {_free} meets it: {string.Join(", ", near.Select(Text))}.";
    }

    private string Text(Candidate candidate) => string.Create(CultureInfo.InvariantCulture,
        $"{_free.At(candidate.Index)} gives {Quantity.Short(candidate.Cost!.Value)} "
        + $"({100 * _constraint.Target.Gap(candidate.Cost.Value):+0.##;-0.##;0} %)");

    /// <param name="Index">Which value.</param>
    /// <param name="Spec">The network.</param>
    /// <param name="Cost">Its cost; null where it is more than can be counted.</param>
    private sealed record Candidate(int Index, TSpec Spec, long? Cost);
}
