using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>The targets that dimensions of files may have, by name.</summary>
internal static class FileTargets
{
    private const string Whole = "a whole number", Number = "a number", Switch = "true or false";

    // Of one stage as stages[i].NAME, and of all of them tied as stages.NAME.
    private static readonly Dictionary<string, Func<Index?, FileTarget>> OfStages = new(StringComparer.Ordinal)
    {
        ["depth"] = Each<int>(Whole, (_, stage, depth) => stage with { Depth = depth }),
        ["width"] = Each<int>(Whole, (_, stage, width) => stage with { Width = width }),
        ["widening"] = Each<int>(Whole, WideResNetDimensions.Widened),
        ["stride"] = Each<int>(Whole, (_, stage, stride) => stage with { Stride = stride }),
        ["dropout"] = Each<double>(Number, (_, stage, dropout) => stage with { Dropout = dropout }),
        ["activation"] = Each<IActivation>("an activation", (_, stage, activation) => stage with { Activation = activation }),
        ["block"] = Each<IBlock>("a block", (_, stage, block) => stage with { Block = block }),
        ["squeezeExcitation"] = Each<bool>(Switch, (_, stage, on) => SqueezedStage.Switched(stage, on)),
        ["squeezeRatio"] = Each<double>(Number, (_, stage, ratio) => SqueezedStage.WithRatio(stage, ratio)),
    };

    private static readonly Dictionary<string, FileTarget> OfNetworks = new(StringComparer.Ordinal)
    {
        ["stages.widthMultiplier"] = FileTarget.Of<double>(
            Number, (spec, multiplier) => WideResNetDimensions.Multiplied(spec, multiplier, 8)),
        ["stem.width"] = FileTarget.Of<int>(Whole, (spec, width) => spec with { Stem = spec.Stem with { Width = width } }),
        ["activation"] = FileTarget.Of<IActivation>("an activation", (spec, activation) => spec.WithActivation(activation)),
        ["finalActivation"] = FileTarget.Of<IActivation>("an activation", (spec, activation) => spec with { FinalActivation = activation }),
        ["block"] = FileTarget.Of<IBlock>("a block", (spec, block) => spec.WithBlock(block)),
        ["squeezeExcitation"] = OfStages["squeezeExcitation"](null),
        ["squeezeRatio"] = OfStages["squeezeRatio"](null),
        ["featureNormalization"] = FileTarget.Of<IFeatureNormalization>(
            "a normalisation", (spec, normalization) => spec with { FeatureNormalization = normalization }),
        ["zeroInitResidual"] = FileTarget.Of<bool>(Switch, (spec, zero) => spec with { ZeroInitResidual = zero }),
    };

    /// <summary>All of them as a text for people.</summary>
    public static string Names { get; } =
        $"{string.Join(", ", OfNetworks.Keys)}; stages[i].NAME for one stage and stages.NAME for all, "
        + $"with {string.Join(", ", OfStages.Keys)}";

    /// <summary>The target of a name; null where there is none.</summary>
    public static FileTarget? Find(string? name) =>
        name is not null && OfNetworks.TryGetValue(name, out FileTarget? target) ? target
        : StagePath.Of(name) is { } path && OfStages.TryGetValue(path.Property, out Func<Index?, FileTarget>? make) ? make(path.Stage)
        : null;

    private static Func<Index?, FileTarget> Each<T>(string what, Func<int, StageSpec, T, StageSpec> apply) =>
        stage => FileTarget.Of<T>(what, (spec, value) => stage is { } one
            ? spec.WithStage(one, blocks => apply(one.GetOffset(spec.Stages.Count), blocks, value))
            : WideResNetDimensions.OfAll(spec, (blocks, s) => apply(s, blocks, value)));
}
