namespace RobustWrn.Core;

/// <summary>The closed form of a wide residual network's cost: blocks after the first of a stage are alike, so each stage is traced twice, however deep.</summary>
internal static class WideResNetCost
{
    // 4 TiB of float32 weights: beyond any machine, so a slip of the keyboard.
    private const long MostParameters = 1L << 40;

    /// <exception cref="OverflowException">A number does not fit.</exception>
    public static NetworkCost Of(WideResNetSpec spec, int height, int width) => NetworkCost.Of(Parts(spec, height, width, problems: []));

    /// <summary>The problems of a network, its parts valid: layers that do not fit together, or more parameters than can exist.</summary>
    public static IEnumerable<Problem> Problems(WideResNetSpec spec)
    {
        List<Problem> problems = [];
        string size;
        try
        {
            // One pixel: shapes decide nothing here, and wide networks must not overflow for the images' sake.
            long parameters = NetworkCost.Of(Parts(spec, 1, 1, problems)).Parameters;
            if (parameters <= MostParameters)
                return problems;
            size = $"{parameters}";
        }
        catch (OverflowException)
        {
            size = "more than a 64-bit number holds";
        }
        return [.. problems, new Problem(nameof(WideResNetSpec.Stages), $"must give a network of at most 2^40 parameters, got {size}. Reduce widths or depths.")];
    }

    private static List<PartCost> Parts(WideResNetSpec spec, int height, int width, List<Problem> problems)
    {
        List<PartCost> parts = [];
        CostTrace trace = new();
        FeatureMap features = spec.Stem.Trace(trace, new FeatureMap(spec.InputChannels, height, width), spec.FeatureNormalization, spec.Padding);
        problems.AddRange(trace.Problems.Select(problem => problem.Within(nameof(WideResNetSpec.Stem))));
        parts.Add(PartCost.Of("stem", features, (trace, 1)));
        for (int s = 0; s < spec.Stages.Count; s++)
        {
            StageSpec stage = spec.Stages[s];
            CostTrace first = new(), other = new();
            features = stage.Block.Trace(first, features, spec.Shape(s, 0));
            if (stage.Depth > 1)
                features = stage.Block.Trace(other, features, spec.Shape(s, 1));
            parts.Add(PartCost.Of($"stage {s + 1}", features, (first, 1), (other, stage.Depth - 1)) with { Blocks = stage.Depth });
            problems.AddRange(first.Problems.Concat(other.Problems).Distinct().Select(problem => problem.Within($"{nameof(WideResNetSpec.Stages)}[{s}].{nameof(StageSpec.Block)}")));
        }
        CostTrace head = new();
        features = spec.FinalActivation.Trace(head, spec.FeatureNormalization.Trace(head, features));
        FeatureMap logits = head.Linear(head.GlobalAveragePool(features), spec.Classes);
        problems.AddRange(head.Problems);
        parts.Add(PartCost.Of("head", logits, (head, 1)));
        return parts;
    }
}
