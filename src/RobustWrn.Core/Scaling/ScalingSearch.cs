namespace RobustWrn.Core;

/// <summary>Finds the network of a rule for a budget, by evaluating the closed form of the cost.</summary>
internal sealed class ScalingSearch
{
    private const double NearEnough = 0.01;
    private const int DepthsTried = 20;

    private readonly ScalingRule _rule;
    private readonly CostBudget _budget;
    private readonly double[] _depths, _widths; // for a scale of 1
    private readonly Dictionary<int, bool> _usable = [];

    public ScalingSearch(ScalingRule rule, CostBudget budget)
    {
        (_rule, _budget) = (rule, budget);
        double[] depths = [.. rule.Base.Stages.Select(stage => (double)stage.Depth)];
        double[] factors = [.. rule.Base.Stages.Select((stage, i) => stage.Width / ScalingRule.Unit(i))];
        double relation = rule.DepthPerWidth ?? depths.Sum() / factors.Sum();
        double[] depthRatio = rule.DepthRatio?.ToArray() ?? depths, widthRatio = rule.WidthRatio?.ToArray() ?? factors;
        _depths = [.. depthRatio.Select(part => relation * part / depthRatio.Sum())];
        _widths = [.. widthRatio.Select((part, i) => ScalingRule.Unit(i) * part / widthRatio.Sum())];
    }

    public ScaledNetwork Closest()
    {
        double scale = Solve();
        WideResNetSpec start = Nearest(scale);
        Candidate best = new(new ScaledNetwork(start, Cost(start)!, _budget), double.PositiveInfinity);
        // In small networks a block or a multiple is a large step: then each depth is rounded to either side for itself.
        foreach (IEnumerable<int[]> tried in new[] { DepthsAround(scale, Together), DepthsAround(scale, EachForItself) })
        {
            foreach (Candidate candidate in tried.SelectMany(WithDepths))
                best = candidate.IsBetterThan(best) ? candidate : best;
            if (best.IsNearEnough)
                break;
        }
        return best.Network;
    }

    // The smallest scale whose network costs at least the budget.
    private double Solve()
    {
        double high = _rule.WidthMultiple / _widths.Max();
        WideResNetSpec smallest = Nearest(0);
        if (Cost(smallest) is not { } least)
            throw new ArgumentOutOfRangeException("budget", $"the rule must have a smallest network, but {smallest.Name} has problems: {string.Join(" ", smallest.Problems())} Choose another width multiple.");
        if (_budget.Of(least) > _budget.Amount)
            throw new ArgumentOutOfRangeException("budget", $"budget must be at least the {_budget.Text(_budget.Of(least))} of the rule's smallest network, {smallest.Name}, got {_budget}. Allow more, or take a narrower stem or a smaller width multiple.");
        while (Amount(Nearest(high)) < _budget.Amount)
            high *= 2;
        double low = 0;
        for (int i = 0; i < 30 && high - low > 1e-4 * high; i++)
        {
            double middle = (low + high) / 2;
            (low, high) = Amount(Nearest(middle)) < _budget.Amount ? (middle, high) : (low, middle);
        }
        return high;
    }

    // Whole depths less than a block from the rule's, at scales around the solution, those nearest to the solution first.
    private IEnumerable<int[]> DepthsAround(double scale, Func<double[], IEnumerable<int[]>> round)
    {
        Dictionary<string, (int[] Depths, double Distance)> found = [];
        for (int step = -20; step <= 20; step++)
        {
            double[] exact = [.. _depths.Select(depth => depth * scale * Math.Pow(2, step / 20.0))];
            foreach (int[] depths in round(exact))
                found.TryAdd(string.Join(',', depths), (depths, depths.Zip(_depths).Sum(pair => Math.Abs(pair.First - pair.Second * scale))));
        }
        return found.Values.OrderBy(entry => entry.Distance).Take(DepthsTried).Select(entry => entry.Depths);
    }

    private static IEnumerable<int[]> Together(double[] exact) =>
        exact.Select(depth => 1 - (depth - Math.Floor(depth))).Append(0.5).Append(0).Select(threshold => Rounded(exact, threshold));

    private static IEnumerable<int[]> EachForItself(double[] exact) =>
        Enumerable.Range(0, 1 << exact.Length).Select(choice => Rounded([.. exact.Select((depth, i) => Math.Floor(depth) + (choice >> i & 1))], 0));

    // For these depths, the widths around the scale where the cost is the budget; only scales at which the rule's depths are less than a
    // block away.
    private IEnumerable<Candidate> WithDepths(int[] depths)
    {
        double low = depths.Zip(_depths).Max(pair => pair.First == 1 ? 0 : (pair.First - 1) / pair.Second), high = depths.Zip(_depths).Min(pair => (pair.First + 1) / pair.Second);
        if (low >= high)
            yield break;
        (double from, double to) = (low, high);
        for (int i = 0; i < 14; i++)
        {
            double middle = (from + to) / 2;
            (from, to) = Amount(Network(depths, Widths(middle, round: 0.5))) < _budget.Amount ? (middle, to) : (from, middle);
        }
        double step = _rule.WidthMultiple / _widths.Max() / 8;
        HashSet<string> seen = [];
        foreach (double s in Enumerable.Range(-4, 9).Select(place => to + place * step).Where(s => s > low && s < high))
        {
            for (int choice = 0; choice < 1 << depths.Length; choice++)
            {
                int[] widths = [.. _widths.Select((width, i) => Usable(width * s, up: (choice >> i & 1) == 1))];
                if (!seen.Add(string.Join(',', widths)))
                    continue;
                WideResNetSpec spec = Network(depths, widths);
                if (Cost(spec) is { } cost)
                    yield return new Candidate(new ScaledNetwork(spec, cost, _budget), Deviation(depths, widths));
            }
        }
    }

    // Relative distances of depths and widths from the rule's at the network's own scale, summed.
    private double Deviation(int[] depths, int[] widths)
    {
        double scale = widths.Select((width, i) => width / ScalingRule.Unit(i)).Sum();
        return depths.Zip(_depths).Concat(widths.Zip(_widths)).Sum(pair => Math.Abs(pair.First / (pair.Second * scale) - 1));
    }

    private WideResNetSpec Nearest(double scale) => Network(Rounded([.. _depths.Select(depth => depth * scale)], 0.5), Widths(scale, round: 0.5));

    private static int[] Rounded(double[] depths, double threshold) => [.. depths.Select(depth => (int)Math.Clamp(Math.Floor(depth + threshold), 1, int.MaxValue / 2))];

    private int[] Widths(double scale, double round) => [.. _widths.Select(width => Usable(width * scale + round * _rule.WidthMultiple, up: false))];

    // The next multiple whose blocks can be built: groups of channels must divide, scales must not be empty.
    private int Usable(double width, bool up)
    {
        int multiple = _rule.WidthMultiple,
            whole = (int)Math.Min(Math.Floor(width / multiple), SpecLimits.MostChannels / multiple) * multiple;
        for (int found = Math.Max(multiple, up ? whole + multiple : whole); found >= multiple; found += up ? multiple : -multiple)
        {
            if (IsUsable(found) || found > SpecLimits.MostChannels)
                return found;
        }
        return up ? multiple : Usable(width, up: true);
    }

    private bool IsUsable(int width)
    {
        if (!_usable.TryGetValue(width, out bool usable))
        {
            // A network that is too large is the budget's fault, which is told when its cost is asked for.
            _usable[width] = usable = Network([.. _depths.Select(_ => 1)], [.. _widths.Select(_ => width)]).Problems()
                .All(problem => problem.Subject == nameof(WideResNetSpec.Stages));
        }
        return usable;
    }

    private WideResNetSpec Network(int[] depths, int[] widths) => _rule.Base with
    {
        Stages = _rule.Base.Stages.Select((stage, i) => stage with { Depth = depths[i], Width = widths[i] }).ToValueList(),
    };

    private double Amount(WideResNetSpec spec) => Cost(spec) is { } cost ? _budget.Of(cost) : throw new ArgumentOutOfRangeException("budget",
        $"budget must be that of a network that can exist, got {_budget}: {string.Join(" ", spec.Problems())} Allow less.");

    private NetworkCost? Cost(WideResNetSpec spec)
    {
        try
        {
            return spec.Cost(_rule.ImageSize, _rule.ImageSize);
        }
        catch (InvalidDescriptionException)
        {
            return null;
        }
    }

    /// <param name="Network">What was found.</param>
    /// <param name="Deviation">How far it is from the rule.</param>
    private sealed record Candidate(ScaledNetwork Network, double Deviation)
    {
        public bool IsNearEnough => Gap <= NearEnough;

        private double Gap => Math.Abs(Network.Gap);

        public bool IsBetterThan(Candidate other) => IsNearEnough && other.IsNearEnough
            ? (Math.Round(Deviation, 9), Gap).CompareTo((Math.Round(other.Deviation, 9), other.Gap)) < 0
            : Gap < other.Gap;
    }
}
