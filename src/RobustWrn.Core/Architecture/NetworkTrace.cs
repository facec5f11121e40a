namespace RobustWrn.Core;

/// <summary>
/// The closed form of a network's cost, part by part: stem, stages, head. Blocks after the first of a stage are alike, so a stage is
/// traced twice, however deep.
/// </summary>
internal sealed class NetworkTrace
{
    private readonly List<PartCost> _parts = [];
    private readonly List<Problem> _problems = [];
    private FeatureMap _features;

    private NetworkTrace(INetworkSpec spec, int height, int width) => _features = new FeatureMap(spec.InputChannels, height, width);

    /// <summary>The cost of a valid network.</summary>
    /// <param name="spec">The network.</param>
    /// <param name="height">Rows of an image.</param>
    /// <param name="width">Columns of an image.</param>
    /// <param name="run">Says its parts in order.</param>
    public static NetworkCost Cost(INetworkSpec spec, int height, int width, Action<NetworkTrace> run)
    {
        spec.ThrowIfInvalid();
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if (Math.Min(height, width) < spec.SmallestSide)
            throw new ArgumentOutOfRangeException(nameof(height), ImageShape.TooSmall(spec, height, width));
        try
        {
            NetworkTrace trace = new(spec, height, width);
            run(trace);
            return NetworkCost.Of(trace._parts);
        }
        catch (OverflowException)
        {
            throw new ArgumentOutOfRangeException(nameof(height), $"images of {height} x {width} cost this network more multiply-adds than a 64-bit number holds. Give the size of one image.");
        }
    }

    /// <summary>
    /// The problems of a network whose parts are valid: layers that do not fit together, or more parameters than can exist.
    /// </summary>
    /// <param name="spec">The network.</param>
    /// <param name="run">Says its parts in order.</param>
    public static IEnumerable<Problem> Problems(INetworkSpec spec, Action<NetworkTrace> run)
    {
        // One pixel: shapes decide nothing here, and wide networks must not overflow for the images' sake.
        NetworkTrace trace = new(spec, 1, 1);
        string size;
        try
        {
            run(trace);
            NetworkCost cost = NetworkCost.Of(trace._parts);
            if (cost.Layers > SpecLimits.MostLayers)
            {
                string rule = $"must give a network of at most {SpecLimits.MostLayers} layers with weights, got {cost.Layers}. Reduce depths.";
                return [.. trace._problems, new Problem(nameof(WideResNetSpec.Stages), rule)];
            }
            if (cost.Parameters <= SpecLimits.MostParameters)
                return trace._problems;
            size = $"{cost.Parameters}";
        }
        catch (OverflowException)
        {
            size = "more than a 64-bit number holds";
        }
        return [.. trace._problems,
            new Problem(nameof(WideResNetSpec.Stages),
            $"must give a network of at most 2^34 parameters, got {size}. Reduce widths or depths.")];
    }

    /// <summary>A part traced once.</summary>
    /// <param name="name">The part's name.</param>
    /// <param name="subject">Where the spec describes it; null for the spec itself.</param>
    /// <param name="layers">Says its layers.</param>
    /// <param name="blocks">Blocks in it; 0 for stem and head.</param>
    public void Part(string name, string? subject, Func<CostTrace, FeatureMap, FeatureMap> layers, int blocks = 0)
    {
        CostTrace trace = Next(subject, layers);
        _parts.Add(PartCost.Of(name, _features, (trace, 1)) with { Blocks = blocks });
    }

    /// <summary>A stage of blocks.</summary>
    /// <param name="number">Counted from 1.</param>
    /// <param name="depth">How many blocks.</param>
    /// <param name="subject">Where the spec describes them.</param>
    /// <param name="block">Says the layers of a block; 0 is the first, 1 stands for all others.</param>
    /// <param name="end">Says the layers after the blocks; null for none.</param>
    public void Stage(int number, int depth, string subject, Func<CostTrace, FeatureMap, int, FeatureMap> block, Func<CostTrace, FeatureMap, FeatureMap>? end = null)
    {
        int known = _problems.Count;
        CostTrace first = Next(subject, (trace, features) => block(trace, features, 0));
        CostTrace other = depth > 1 ? Next(subject, (trace, features) => block(trace, features, 1)) : new CostTrace();
        CostTrace last = end is null ? new CostTrace() : Next(subject, end);
        _parts.Add(PartCost.Of($"stage {number}", _features, (first, 1), (other, depth - 1), (last, 1)) with { Blocks = depth });
        Problem[] distinct = [.. _problems.Skip(known).Distinct()];
        _problems.RemoveRange(known, _problems.Count - known);
        _problems.AddRange(distinct);
    }

    private CostTrace Next(string? subject, Func<CostTrace, FeatureMap, FeatureMap> layers)
    {
        CostTrace trace = new();
        _features = layers(trace, _features);
        _problems.AddRange(trace.Problems.Select(problem => subject is null ? problem : problem.Within(subject)));
        return trace;
    }
}
