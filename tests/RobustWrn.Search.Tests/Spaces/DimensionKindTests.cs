using RobustWrn.Core;

namespace RobustWrn.Search.Tests;

public sealed class DimensionKindTests
{
    private static SearchSpace<WideResNetSpec> Small() => new(WideResNetSpec.Wrn(10, 1));

    [Fact]
    public void Vary_ValuesOfAnyKind_KnowsTheirKind() => Assert.Equal(
        [DimensionKind.Ordered, DimensionKind.Ordered, DimensionKind.Categorical, DimensionKind.Switch, DimensionKind.Switch,
            DimensionKind.Categorical, DimensionKind.Ordered],
        Small()
            .Vary("rising", [1, 2, 4], (spec, _) => spec)
            .Vary("falling", [0.5, 0.25], (spec, _) => spec)
            .Vary("neither", [1, 3, 2], (spec, _) => spec)
            .Vary("bool", [true, false], (spec, _) => spec)
            .Switch("switch", (spec, _) => spec)
            .Vary("one bool", [true], (spec, _) => spec)
            .Vary<ValueList<int>>("records in order", [[1, 1, 1], [2, 2, 2], [4, 4, 2]],
                (spec, depths) => spec.WithDepths(depths.AsSpan()), DimensionKind.Ordered)
            .Shape.Kinds);

    [Fact]
    public void Fingerprint_StatedKind_CountsOnlyWhereItIsAnother()
    {
        SearchSpace<WideResNetSpec> Of(DimensionKind? kind) => Small().Vary("width", [16, 32], (spec, _) => spec, kind);

        Assert.Equal(Of(null).Fingerprint, Of(DimensionKind.Ordered).Fingerprint);
        Assert.NotEqual(Of(null).Fingerprint, Of(DimensionKind.Categorical).Fingerprint);
        Assert.Contains("\"kind\":\"categorical\"", Of(DimensionKind.Categorical).Canonical);
    }

    [Fact]
    public void Problems_KindThatCannotBe_SaysSo() => Assert.Equal(
        [
            "\"three\": a switch must have two values, off and on, got 3. Say it is categorical.",
            "\"odd\": must be one of Categorical, Ordered, Switch, got the kind 9.",
        ],
        Small()
            .Vary("three", [1, 2, 3], (spec, _) => spec, DimensionKind.Switch)
            .Vary("odd", [1, 2, 3], (spec, _) => spec, (DimensionKind)9)
            .Problems().Select(problem => problem.ToString()));
}
