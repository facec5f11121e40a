using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>Networks that a study is given as points of its space, all problems at once.</summary>
/// <param name="space">The networks.</param>
/// <param name="header">The study.</param>
internal sealed class GivenTrials<TSpec>(SearchSpace<TSpec> space, StudyHeader header)
    where TSpec : INetworkSpec
{
    /// <summary>The facts by which they become trials, each network once; their numbers are to be set.</summary>
    /// <exception cref="InvalidDescriptionException">Some are none of the space, or lack a measure; all are listed.</exception>
    public IReadOnlyList<TrialAsked> Of(IEnumerable<KnownTrial> known)
    {
        List<Problem> problems = [];
        List<TrialAsked> given = [];
        int number = 0;
        foreach (KnownTrial trial in known)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"[{number++}]");
            if (Point(trial, name, problems) is not { } point)
                continue;
            PointVerdict<TSpec> verdict = space.Judge(point);
            if (!verdict.Kept || verdict.Spec is null)
            {
                problems.Add(new Problem(name, $"must be a network of the space, but {Excerpt.Cut($"{verdict}", 200)}: {trial}."));
                continue;
            }
            problems.AddRange(trial.Outcome?.ProblemsFor(header.Objectives, header.Constraints)
                .Select(problem => problem.Within(name)) ?? []);
            string spec = DescriptionJson.Canonical(verdict.Spec);
            given.Add(new TrialAsked
            {
                Trial = 0,
                Point = point,
                Values = space.ValuesAt(point),
                Spec = spec,
                SpecFingerprint = DescriptionJson.Fingerprint(spec),
                Identity = space.Shape.IdentityOf(point),
                IsGiven = true,
                Outcome = trial.Outcome,
            });
        }
        problems.ThrowIfAny(nameof(KnownTrial));
        return [.. given.DistinctBy(trial => trial.Identity)];
    }

    // Dimensions that do not count where the others stand may be left out.
    private ValueList<int>? Point(KnownTrial trial, string name, List<Problem> problems)
    {
        int before = problems.Count;
        int[] point = new int[space.Dimensions.Count];
        for (int d = 0; d < point.Length; d++)
        {
            SpaceDimension dimension = space.Dimensions[d];
            string? value = trial.Values.FirstOrDefault(value => value.Name == dimension.Name)?.Value;
            point[d] = value is null ? -1
                : Enumerable.Range(0, dimension.Values.Count).FirstOrDefault(i => dimension.Values[i] == value, -1);
            if (value is not null && point[d] < 0)
                problems.Add(new Problem(name, $"must have a value of \"{dimension.Name}\" that the space has "
                    + $"({Quantity.First(dimension.Values, 8)}), got {Excerpt.Cut(value, 60)}."));
        }
        foreach (string unknown in trial.Values.Select(value => value.Name)
            .Where(value => space.Dimensions.All(dimension => dimension.Name != value)))
            problems.Add(new Problem(name,
                $"must have values of the space's dimensions alone, got one of \"{Excerpt.Cut(unknown, 60)}\"."));
        ValueList<int> whole = [.. point.Select(index => Math.Max(0, index))];
        for (int d = 0; problems.Count == before && d < point.Length; d++)
        {
            if (point[d] < 0 && space.Shape.IsActive(whole, d))
                problems.Add(new Problem(name, $"must have a value of \"{space.Dimensions[d].Name}\", got none."));
        }
        return problems.Count == before ? whole : null;
    }
}
