using RobustWrn.Core;

namespace RobustWrn.Search.Tests;

public sealed class ConditionalDimensionTests
{
    private static SearchSpace<WideResNetSpec> Small() => new(WideResNetSpec.Wrn(10, 1));

    // Two plain networks, and two times two with squeeze and excitation.
    private static SearchSpace<WideResNetSpec> OfBlocks() => Small()
        .Switch("squeeze", (spec, on) => on ? spec.WithBlock(new SqueezeExcitationBlock()) : spec)
        .When("squeeze", [true], inner => inner
            .Vary("ratio", [0.125, 0.25],
                (spec, ratio) => spec.WithBlock(((SqueezeExcitationBlock)spec.Stages[0].Block) with { Ratio = ratio })))
        .Vary("width", [32, 64], (spec, width) => spec.WithStage(^1, stage => stage with { Width = width }));

    [Fact]
    public void When_ValueIsNotThere_DimensionIsNotAppliedAndItsPointsAreOne()
    {
        SearchSpace<WideResNetSpec> space = OfBlocks();

        Assert.Empty(space.Problems());
        Assert.Equal(6, space.Size);
        Assert.Equal(["[0, 0, 0]", "[0, 0, 1]", "[1, 0, 0]", "[1, 0, 1]", "[1, 1, 0]", "[1, 1, 1]"], space.Shape.Grid()
            .Select(point => point.ToString()));
        Assert.Equal(6, space.Shape.Grid().Select(space.Shape.IdentityOf).Distinct().Count());
        Assert.Equal(new BasicBlock(), space.At([0, 1, 0]).Stages[0].Block);
        Assert.Equal(space.At([0, 0, 0]), space.At([0, 1, 0]));
    }

    [Fact]
    public void Judge_PointThatIsNotCanonical_SaysWhichIs()
    {
        PointVerdict<WideResNetSpec> verdict = OfBlocks().Judge([0, 1, 0]);

        Assert.False(verdict.Kept);
        Assert.Equal(
            "rejected by \"canonical form\": \"ratio\" counts only where \"squeeze\" is true; elsewhere its index must be 0, got 1. "
            + "Take SpaceShape.Canonical of the point.", verdict.ToString());
        Assert.False(OfBlocks().Shape.Keeps([0, 1, 0]));
    }

    [Fact]
    public void ValuesAt_InactiveDimension_IsLeftOut()
    {
        Assert.Equal(["squeeze = false", "width = 64"], OfBlocks().ValuesAt([0, 0, 1]).Select(value => value.ToString()));
        Assert.Equal(["squeeze = true", "ratio = 0.25", "width = 64"], OfBlocks().ValuesAt([1, 1, 1]).Select(value => value.ToString()));
    }

    [Fact]
    public void When_Nested_CountsOnlyWhereAllHold()
    {
        SearchSpace<WideResNetSpec> space = Small()
            .Vary("a", [0, 1, 2], (spec, _) => spec)
            .When("a", [1, 2], outer => outer
                .Vary("b", [0, 1], (spec, _) => spec)
                .When("b", [1], inner => inner.Vary("c", [0, 1], (spec, _) => spec)))
            .When("b", [1], inner => inner.Vary("d", [0, 1], (spec, _) => spec));

        // a = 0: one. a = 1 or 2: b = 0: one; b = 1: c and d free, four.
        Assert.Equal(1 + 2 * (1 + 4), space.Size);
        Assert.Equal([new(1, 0, [1, 2]), new(2, 0, [1, 2]), new(2, 1, [1]), new(3, 1, [1])], space.Shape.Conditions);
    }

    [Fact]
    public void Canonical_WithConditions_NamesThem_AndWithoutIsAsBefore()
    {
        Assert.Contains(
            """{"name":"ratio","values":["0.125","0.25"],"when":[{"dimension":"squeeze","values":["true"]}]}""", OfBlocks().Canonical);
        Assert.NotEqual(OfBlocks().Fingerprint, Small().Fingerprint);
        Assert.DoesNotContain("when", Small().Vary("a", [0, 1], (spec, _) => spec).Canonical);
    }

    [Fact]
    public void AsAnyNetwork_WithConditions_IsTheSameSpace()
    {
        SearchSpace<INetworkSpec> any = OfBlocks().AsAnyNetwork();

        Assert.Equal(OfBlocks().Fingerprint, any.Fingerprint);
        Assert.Equal(OfBlocks().Shape.Grid().Select(OfBlocks().Shape.IdentityOf), any.Shape.Grid().Select(any.Shape.IdentityOf));
    }

    [Fact]
    public void Problems_ConditionOnNothing_SaysWhatThereIs() => Assert.Equal(
        [
            "\"b\": counts only by values of \"blocks\", but no dimension before it has that name. There are a.",
            "\"c\": counts only where \"a\" is 7, which is none of its values: 0, 1.",
            "\"d\": must name a value of \"a\" with which it counts, got none.",
        ],
        Small().Vary("a", [0, 1], (spec, _) => spec)
            .When("blocks", [1], inner => inner.Vary("b", [0, 1], (spec, _) => spec))
            .When("a", [7], inner => inner.Vary("c", [0, 1], (spec, _) => spec))
            .When<int>("a", [], inner => inner.Vary("d", [0, 1], (spec, _) => spec))
            .Problems().Select(problem => problem.ToString()));

    [Fact]
    public void Problems_TooManyConditionsTogether_SaysHowMany()
    {
        SearchSpace<WideResNetSpec> space = Small().Vary("a", [0, 1], (spec, _) => spec);
        for (int i = 0; i < 17; i++)
            space = space.When("a", [1], inner => inner.Vary($"b{inner.Dimensions.Count}", [0, 1], (spec, _) => spec));

        Assert.StartsWith("Dimensions: at most 16 conditions may hang together by their dimensions.", Assert.Single(space.Problems())
            .ToString());
    }

    [Fact]
    public void When_InnerGivesAnotherSpace_IsRefused() => Assert.StartsWith(
        "inner must return the space it is given with more dimensions, got another one.",
        Assert.Throws<ArgumentException>(() => Small().Vary("a", [0, 1], (spec, _) => spec).When("a", [1], _ => Small())).Message);

    [Fact]
    public void StorageProblems_ValueThatCountsSometimes_IsLookedAt()
    {
        SearchSpace<WideResNetSpec> space = Small().Switch("odd", (spec, _) => spec)
            .When("odd", [true], inner =>
                inner.Vary<IActivation>("activation", [new Relu(), new Silu()], (spec, activation) => spec.WithActivation(activation)));

        Assert.Empty(space.StorageProblems());
    }
}
