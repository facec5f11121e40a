using CsCheck;
using RobustWrn.Core;

namespace RobustWrn.Search.Tests;

public sealed class CanonicalFormTests
{
    private static SearchSpace<WideResNetSpec> OfWidths() => new SearchSpace<WideResNetSpec>(WideResNetSpec.Wrn(10, 1))
        .Vary("first", [16, 32, 48], (spec, width) => spec.WithStage(0, stage => stage with { Width = width }))
        .Vary("second", [16, 32, 48], (spec, width) => spec.WithStage(1, stage => stage with { Width = width }));

    [Fact]
    public void IdentityOf_RandomSpaces_IsEqualExactlyWhereTheNetworksAre() => Gen.Select(
        Gen.Int[1, 3].Array[2, 4], Gen.Int[1, 3].Array[2, 4], Gen.Int[0, 2], Gen.Int[0, 2]).Sample((widths, depths, left, right) =>
    {
        // Both dimensions may speak of the same stage, so that points are twins.
        SearchSpace<WideResNetSpec> space = new SearchSpace<WideResNetSpec>(WideResNetSpec.Wrn(10, 1))
            .Vary<int>("width", [.. widths.Distinct()], (spec, width) => spec.WithStage(left, stage => stage with { Width = 16 * width }))
            .Vary<int>("width again", [.. depths.Distinct()],
                (spec, width) => spec.WithStage(right, stage => stage with { Width = 16 * width }))
            .Switch("idle", (spec, _) => spec);
        ValueList<int>[] grid = [.. space.Shape.Grid()];

        foreach (ValueList<int> one in grid)
        {
            foreach (ValueList<int> other in grid)
                Assert.Equal(space.At(one) == space.At(other), space.Shape.IdentityOf(one) == space.Shape.IdentityOf(other));
        }
    }, iter: 30);

    [Fact]
    public void Identifying_TextOfItsOwn_MakesNetworksOfEqualTextEqual()
    {
        SearchSpace<WideResNetSpec> space = OfWidths()
            .Identifying("widths in order", spec => string.Join('-', spec.Stages.Select(stage => stage.Width).Order()));

        Assert.Empty(space.Problems());
        Assert.Equal(space.Shape.IdentityOf([0, 1]), space.Shape.IdentityOf([1, 0]));
        Assert.Equal(6, space.Shape.Grid().Select(space.Shape.IdentityOf).Distinct().Count());
        Assert.EndsWith(""","identity":"widths in order"}""", space.Canonical);
        Assert.NotEqual(OfWidths().Fingerprint, space.Fingerprint);
    }

    [Fact]
    public void Identifying_SpecificationThatStands_MakesItsEqualsEqual()
    {
        SearchSpace<WideResNetSpec> space = OfWidths()
            .Identifying("first as wide as second", spec => spec.WithStage(0, stage => stage with { Width = spec.Stages[1].Width }));

        Assert.Equal(3, space.Shape.Grid().Select(space.Shape.IdentityOf).Distinct().Count());
        Assert.Equal(space.AsAnyNetwork().Shape.IdentityOf([2, 1]), space.Shape.IdentityOf([0, 1]));
    }

    [Fact]
    public void Samplers_TwinsByCanonicalForm_AreTriedOnce()
    {
        SearchSpace<WideResNetSpec> space = OfWidths()
            .Identifying("widths in order", spec => string.Join('-', spec.Stages.Select(stage => stage.Width).Order()));
        List<Observation> history = [];
        while (new RandomSampler().Propose(new SamplerContext(space.Shape, [.. history], history.Count, RandomStream.From(1)))
            .Point is { } point)
            history.Add(new(history.Count, point, space.Shape.IdentityOf(point), TrialState.Completed) { Values = [0] });

        Assert.Equal(6, history.Count);
    }

    [Fact]
    public void Keeps_ThenIdentityOf_BuildTheSpecificationOnce()
    {
        int built = 0;
        SearchSpace<WideResNetSpec> space = new SearchSpace<WideResNetSpec>(WideResNetSpec.Wrn(10, 1))
            .Vary("width", [16, 32], (spec, width) =>
        {
            built++;
            return spec.WithStage(0, stage => stage with { Width = width });
        });
        for (int i = 0; i < 3; i++)
        {
            Assert.True(space.Shape.Keeps([1]));
            Assert.Equal(DescriptionJson.Fingerprint(space.Base.WithStage(0, stage => stage with { Width = 32 })),
                space.Shape.IdentityOf([1]));
        }

        Assert.Equal(1, built);
    }

    [Fact]
    public void Problems_FormThatFails_NamesThePoint() => Assert.Equal(
        "At(first = 16, second = 16): the canonical form \"broken\" failed: InvalidOperationException: no table "
        + "(9 of 9 points cannot be used; "
        + "change the function or the values so that every combination gives a valid network.)",
        Assert.Single(OfWidths().Identifying("broken", string (_) => throw new InvalidOperationException("no table")).Problems())
            .ToString());

    [Fact]
    public void PointMemory_MorePointsThanItHolds_ForgetsTheOldestAndMakesThemAgain()
    {
        int made = 0;
        PointMemory<object> memory = new(_ =>
        {
            made++;
            return new object();
        });
        for (int i = 0; i < 3 * SpaceShape.EnumerationLimit; i++)
            memory.Of([i]);
        Assert.Equal(3 * SpaceShape.EnumerationLimit, made);
        for (int i = 2 * SpaceShape.EnumerationLimit; i < 3 * SpaceShape.EnumerationLimit; i++)
            memory.Of([i]);
        Assert.Equal(3 * SpaceShape.EnumerationLimit, made);
        memory.Of([0]);
        Assert.Equal(3 * SpaceShape.EnumerationLimit + 1, made);
    }
}
