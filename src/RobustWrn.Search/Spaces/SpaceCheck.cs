using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>Finds everything that is wrong with a space: its words first, then its points.</summary>
internal sealed class SpaceCheck<TSpec>(SearchSpace<TSpec> space, SpaceParts<TSpec> parts)
    where TSpec : INetworkSpec
{
    // Shows, with 99.99 % probability, a flaw that one point in a thousand has.
    private const int EnoughDrawn = 10_000;

    // Some seconds: a hard constraint takes a dozen networks a point, but hundreds where values give none.
    private const int MostLooks = 150_000;

    public IEnumerable<Problem> Problems()
    {
        Problem[] words = [.. OfBase(), .. OfDimensions(), .. OfNames(space.Filters, "filter"), .. OfConstraints(), .. OfIdentity()];
        return words.Length > 0 ? words : OfPoints();
    }

    private IEnumerable<Problem> OfBase()
    {
        Problem[] problems = [.. space.Base.ProblemsAs(nameof(space.Base))];
        if (problems.Length > 0)
            return problems;
        try
        {
            _ = DescriptionJson.Canonical(space.Base);
            return [];
        }
        catch (Exception e) when (e is InvalidOperationException or NotSupportedException or ArgumentException)
        {
            return [new Problem(nameof(space.Base), $"must be storable as JSON: {e.Message}")];
        }
    }

    private IEnumerable<Problem> OfDimensions()
    {
        if (parts.Axes.Count == 0)
            return [new Problem(nameof(space.Dimensions), "the search space is empty: it varies nothing. "
                + "Add a dimension: .Vary(\"last stage width\", [256, 384, 512], (spec, width) => ...).")];
        return OfNames(space.Dimensions.Select(dimension => dimension.Name), "dimension").Concat(parts.Axes.SelectMany(Of)).Concat(
            Rule.Holds(CanBeCounted(parts.Conditions()), nameof(space.Dimensions),
                $"at most {ActiveDimensions.MostTogether} conditions may hang together by their dimensions. "
                + "Take a condition out, or vary several things in one dimension."));
    }

    /// <summary>Tells whether no more conditions hang together than can be counted.</summary>
    public static bool CanBeCounted(ValueList<DimensionCondition> conditions) =>
        ActiveDimensions.Together(conditions).All(count => count <= ActiveDimensions.MostTogether);

    private IEnumerable<Problem> OfConstraints() => parts.Constraints.Count > 1
        ? [new Problem("Constraints", $"one hard constraint can be solved for, got {parts.Constraints.Count}: "
            + $"{Excerpt.List([.. parts.Constraints.Select(constraint => constraint.Name)], separator: "; ")}. "
            + "Keep one, and write the others as filters with Where.")]
        : parts.Constraints.SelectMany(constraint => constraint.Problems());

    private IEnumerable<Problem> OfIdentity() => parts.Identity is { } identity ? Rule.Text(identity.Name, "Identifying") : [];

    private static IEnumerable<Problem> OfNames(IEnumerable<string> names, string kind)
    {
        foreach (IGrouping<string, string> group in names.GroupBy(name => name, StringComparer.Ordinal))
        {
            if (string.IsNullOrWhiteSpace(group.Key))
                yield return new Problem($"\"{group.Key}\"", $"a {kind} must have a name, got none.");
            if (group.Count() > 1)
                yield return new Problem($"\"{group.Key}\"",
                    $"names must be unique, but {group.Count()} {kind}s have this one. Rename all but one.");
        }
    }

    private static IEnumerable<Problem> Of(SpaceAxis<TSpec> axis)
    {
        string subject = $"\"{axis.Dimension.Name}\"";
        if (axis.Dimension.Values.Count == 0)
            yield return new Problem(subject, "the search space is empty: a dimension must have at least one value, got none.");
        if (axis.Flaw is { } flaw)
            yield return new Problem(subject, flaw);
        foreach (SpaceCondition condition in axis.Conditions)
        {
            if (condition.Flaw is { } wrong)
                yield return new Problem(subject, wrong);
        }
        foreach (IGrouping<string, string> group in axis.Dimension.Values
            .GroupBy(value => value, StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            yield return new Problem(
                subject, $"values must be different, but {group.Count()} of them have the text {Excerpt.Of(group.Key)}. Keep one.");
        }
    }

    private List<Problem> OfPoints()
    {
        bool exact = space.Size <= (space.Constraint is null ? SpaceShape.EnumerationLimit : EnoughDrawn);
        IEnumerable<ValueList<int>> points = exact ? space.Shape.Grid() : Drawn();
        int seen = 0, kept = 0, invalid = 0, looks = 0;
        int unsolved = 0;
        int[] rejected = new int[parts.Filters.Count];
        Problem? first = null;
        string? unsolvable = null;
        foreach (ValueList<int> point in points)
        {
            if ((!exact && kept > 0 && seen >= EnoughDrawn) || looks > MostLooks)
                break;
            seen++;
            PointVerdict<TSpec> verdict = space.Judge(point);
            looks += verdict.Looks;
            if (verdict.Problems.Count > 0)
            {
                invalid++;
                first ??= new Problem($"At({string.Join(", ", space.ValuesAt(point))})", string.Join(" ", verdict.Problems));
            }
            else if (verdict.Kept && FormFlaw(verdict.Spec) is { } flaw)
            {
                invalid++;
                first ??= new Problem($"At({string.Join(", ", space.ValuesAt(point))})", flaw);
            }
            else if (verdict.Kept)
                kept++;
            else if (space.Constraint is not null && verdict.RejectedBy == parts.Constraints[0].Name)
            {
                unsolved++;
                unsolvable ??= verdict.Reason;
            }
            else
                Count(verdict.Spec!, rejected);
        }
        string among = exact && seen == space.Size ? $"{Text(seen)} points"
            : exact ? $"the first {Text(seen)} of {Text((int)space.Size)} points"
            : $"{Text(seen)} points drawn at random from {space.Size.ToString("N0", CultureInfo.InvariantCulture)}";
        List<Problem> problems = [];
        if (first is not null)
        {
            problems.Add(first with
            {
                Message = $"{first.Message} ({Text(invalid)} of {among} cannot be used; "
                    + "change the function or the values so that every combination gives a valid network.)",
            });
        }
        if (kept == 0 && invalid < seen)
        {
            problems.Add(new Problem(nameof(space.Filters),
                $"the search space is empty: none of {among} is kept. {Blame(rejected, unsolved, unsolvable)}"));
        }
        return problems;
    }

    // Each filter is asked on its own, so that the counts say which one to loosen.
    private void Count(TSpec spec, int[] rejected)
    {
        for (int f = 0; f < rejected.Length; f++)
        {
            try
            {
                if (!parts.Filters[f].Keep(spec))
                    rejected[f]++;
            }
            catch (Exception)
            {
                // A filter behind one that rejects may rely on it; what it throws on points it never sees is no problem.
            }
        }
    }

    private string Blame(int[] rejected, int unsolved, string? unsolvable)
    {
        IEnumerable<string> filters = parts.Filters.Select((filter, f) => $"\"{filter.Name}\" rejects {Text(rejected[f])}.");
        return unsolved == 0 ? $"{string.Join(" ", filters)} Loosen a filter or add values that pass it."
            : string.Join(" ", filters.Prepend($"\"{parts.Constraints[0].Name}\" is not met by {Text(unsolved)} ({unsolvable})"))
                + " Raise the tolerance, widen what is solved for, or add values.";
    }

    private string? FormFlaw(TSpec spec)
    {
        try
        {
            return parts.Identity is not { } identity || identity.Of(spec) is not null ? null
                : $"the canonical form \"{identity.Name}\" must be a text, got null.";
        }
        catch (Exception e)
        {
            return $"the canonical form \"{parts.Identity!.Name}\" failed: {e.GetType().Name}: {e.Message}";
        }
    }

    private IEnumerable<ValueList<int>> Drawn()
    {
        RandomSequence draws = RandomStream.From(0).For("space check").Sequence();
        for (int i = 0; i < SpaceShape.EnumerationLimit; i++)
            yield return space.Shape.Draw(draws);
    }

    private static string Text(int count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
