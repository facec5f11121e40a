using RobustWrn.Core;

namespace RobustWrn.Search.Tests;

public sealed class WideResNetDimensionTests
{
    private static SearchSpace<WideResNetSpec> Small() => new(WideResNetSpec.Wrn(10, 1));

    [Fact]
    public void VaryDepths_EachStageOrTied_AreDimensionsByTheirTargets()
    {
        SearchSpace<WideResNetSpec> each = Small().VaryDepths([1, 2]), tied = Small().VaryDepths([1, 2, 4], tied: true);

        Assert.Equal(["stages[0].depth", "stages[1].depth", "stages[2].depth"], each.Dimensions.Select(dimension => dimension.Name));
        Assert.Equal([2, 1, 2], each.At([1, 0, 1]).Stages.Select(stage => stage.Depth));
        Assert.Equal("stages.depth", Assert.Single(tied.Dimensions).Name);
        Assert.Equal(WideResNetSpec.Wrn(28, 1), tied.At([2]));
    }

    [Fact]
    public void VaryWidening_Factors_AreThoseOfWideNetworks()
    {
        Assert.Equal(WideResNetSpec.Wrn(10, 4), Small().VaryWidening([2, 4], tied: true).At([1]));
        Assert.Equal([64, 64, 256], Small().VaryWidening([2, 4]).At([1, 0, 1]).Stages.Select(stage => stage.Width));
    }

    [Fact]
    public void VaryWidths_EachOrTied_AreChannels()
    {
        Assert.Equal([24, 24, 24], Small().VaryWidths([24], tied: true).At([0]).Stages.Select(stage => stage.Width));
        Assert.Equal([24, 48, 24], Small().VaryWidths([24, 48]).At([0, 1, 0]).Stages.Select(stage => stage.Width));
    }

    [Fact]
    public void VaryWidthMultipliers_AnyMultiplier_RoundsToSteps()
    {
        SearchSpace<WideResNetSpec> space = Small().VaryWidthMultipliers([0.1, 1, 1.7]);

        Assert.Equal([8, 8, 8], space.At([0]).Stages.Select(stage => stage.Width));
        Assert.Equal([16, 32, 64], space.At([1]).Stages.Select(stage => stage.Width));
        // 27.2, 54.4 and 108.8.
        Assert.Equal([24, 56, 112], space.At([2]).Stages.Select(stage => stage.Width));
    }

    [Fact]
    public void VaryStages_SomeStages_AreTiedAndTheOthersStay()
    {
        SearchSpace<WideResNetSpec> space = Small()
            .VaryStages("outer depth", [0, ^1], [1, 3], (stage, depth) => stage with { Depth = depth })
            .VaryStages<IActivation>("activation", [new Relu(), new Silu()], (stage, activation) => stage with { Activation = activation });

        Assert.Equal([3, 1, 3], space.At([1, 0]).Stages.Select(stage => stage.Depth));
        Assert.All(space.At([0, 1]).Stages, stage => Assert.Equal(new Silu(), stage.Activation));
        Assert.Equal(new Relu(), space.At([0, 1]).FinalActivation);
    }

    [Fact]
    public void Problems_StageThatIsNotThere_SaysHowManyThereAre() => Assert.Contains(
        "the network has 3 stages, got 5.",
        Assert.Single(Small().VaryStages("depth", [5], [1, 3], (stage, depth) => stage with { Depth = depth }).Problems()).ToString());
}
