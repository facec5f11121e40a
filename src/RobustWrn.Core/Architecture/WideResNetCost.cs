namespace RobustWrn.Core;

/// <summary>The layers of a wide residual network, for its cost.</summary>
internal static class WideResNetCost
{
    public static void Trace(WideResNetSpec spec, NetworkTrace network)
    {
        network.Part("stem", nameof(WideResNetSpec.Stem), (trace, image) => spec.Stem.Trace(trace, image, spec.FeatureNormalization, spec.Padding));
        for (int s = 0; s < spec.Stages.Count; s++)
        {
            (int stage, StageSpec blocks) = (s, spec.Stages[s]);
            network.Stage(s + 1, blocks.Depth, $"{nameof(WideResNetSpec.Stages)}[{s}].{nameof(StageSpec.Block)}",
                (trace, features, block) => blocks.Block.Trace(trace, features, spec.Shape(stage, block)));
        }
        network.Part("head", null, (trace, features) =>
            trace.Linear(trace.GlobalAveragePool(spec.FinalActivation.Trace(trace, spec.FeatureNormalization.Trace(trace, features))), spec.Classes));
    }
}
