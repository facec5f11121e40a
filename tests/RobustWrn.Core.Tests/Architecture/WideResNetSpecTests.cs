namespace RobustWrn.Core.Tests;

public class WideResNetSpecTests
{
    [Fact]
    public void Problems_EverythingWrong_ListsEverythingAtOnce()
    {
        WideResNetSpec broken = new()
        {
            Stem = new StemSpec { Width = 0, Stride = -1 },
            Stages = [new StageSpec(), new StageSpec { Depth = 0, Width = -4, Stride = 0, Dropout = 1, Block = null!, Activation = new LeakyRelu { Slope = -1 } }, null!],
            FinalActivation = null!,
            Classes = 1,
            InputChannels = 0,
            Normalization = null!,
        };

        Assert.Equal(
        [
            "Stem.Width: must be at least 1, got 0.",
            "Stem.Stride: must be at least 1, got -1.",
            "Stages[1].Depth: must be at least 1, got 0.",
            "Stages[1].Width: must be at least 1, got -4.",
            "Stages[1].Stride: must be at least 1, got 0.",
            "Stages[1].Dropout: must be in [0, 1), got 1.",
            "Stages[1].Block: must be given, got null.",
            "Stages[1].Activation.Slope: must be a finite number of at least 0, got -1.",
            "Stages[2]: must be given, got null.",
            "FinalActivation: must be given, got null.",
            "Classes: must be at least 2, got 1.",
            "InputChannels: must be at least 1, got 0.",
            "Normalization: must be given, got null.",
        ], broken.Problems().Select(problem => problem.ToString()));
        InvalidDescriptionException error = Assert.Throws<InvalidDescriptionException>(() => broken.Build(0));
        Assert.Equal(13, error.Problems.Count);
        Assert.All(error.Problems, problem => Assert.Contains(problem.ToString(), error.Message));
        Assert.Equal("WRN (incomplete)", broken.Name);
    }

    [Fact]
    public void Problems_NoStages_SaysSo()
    {
        Assert.Equal("Stages: must have at least one entry, got none.", Assert.Single(new WideResNetSpec().Problems()).ToString());
        Assert.Equal("Stages", Assert.Single((new WideResNetSpec() with { Stages = null! }).Problems()).Subject);
    }

    [Theory]
    [InlineData(int.MaxValue, 16, "Stages[0].Depth: must be in [1, 20000], got 2147483647.")]
    [InlineData(1, int.MaxValue, "Stages[0].Width: must be in [1, 1048576], got 2147483647.")]
    [InlineData(20_000, 4, "Stages: must give a network of at most 20000 layers with weights, got 80004. Reduce depths.")]
    [InlineData(1, 1 << 20, "Stages: must give a network of at most 2^34 parameters, got 9895787102682. Reduce widths or depths.")]
    public void Problems_AbsurdSize_IsAProblemNotAnOverflow(int depth, int width, string expected) =>
        Assert.Equal(expected, Assert.Single(WideResNetSpec.Of(16, [depth], [width]).Problems()).ToString());

    [Fact]
    public void Problems_TwoBillionClasses_AreRefusedBeforeTheirMemoryIsAskedFor()
    {
        WideResNetSpec spec = WideResNetSpec.Wrn(10, 1) with { Classes = int.MaxValue };

        Assert.Equal("Classes: must be at most 131072, got 2147483647.", Assert.Single(spec.Problems()).ToString());
        Assert.Throws<InvalidDescriptionException>(() => spec.Build(0));
    }

    [Fact]
    public void Build_NetworkLargerThanTheMachine_IsRefusedBeforeItsMemoryIsAskedFor()
    {
        // 1.4e10 weights: 52 GiB, which a specification may ask for.
        WideResNetSpec spec = WideResNetSpec.Of(16, [1], [27_000]);
        Assert.Empty(spec.Problems());
        Assert.SkipWhen(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes > 50L << 30, "this machine has more memory");

        Assert.Contains("GiB of memory there are", Assert.Throws<InvalidDescriptionException>(() => spec.Build(0)).Message);
    }

    [Theory]
    [InlineData(27)]
    [InlineData(4)]
    [InlineData(-2)]
    public void Wrn_ImpossibleDepth_NamesThePossibleOnes(int depth) =>
        Assert.StartsWith($"depth must be 6n + 4 with n of at least 1 (10, 16, 22, 28, 34, ...), got {depth}.", Assert.Throws<ArgumentOutOfRangeException>(() => WideResNetSpec.Wrn(depth, 10)).Message);

    [Theory]
    [InlineData(0)]
    [InlineData(int.MaxValue)]
    public void Wrn_ImpossibleFactor_IsRefused(int widen) => Assert.StartsWith("widen must be in", Assert.Throws<ArgumentOutOfRangeException>(() => WideResNetSpec.Wrn(28, widen)).Message);

    [Fact]
    public void Of_MoreDepthsThanWidths_IsRefused() =>
        Assert.StartsWith("there must be one width for each depth, got 2 depths and 1 widths.", Assert.Throws<ArgumentException>(() => WideResNetSpec.Of(16, [1, 1], [16])).Message);

    [Fact]
    public void WithStage_LastStage_ChangesItAlone()
    {
        WideResNetSpec spec = WideResNetSpec.Wrn(28, 10), changed = spec.WithStage(^1, stage => stage with { Width = 256 });

        Assert.Equal([160, 320, 256], changed.Stages.Select(stage => stage.Width));
        Assert.Equal([160, 320, 640], spec.Stages.Select(stage => stage.Width));
        Assert.Equal(spec, changed.WithStage(2, stage => stage with { Width = 640 }));
        Assert.StartsWith("the network has 3 stages, got 3.", Assert.Throws<ArgumentOutOfRangeException>(() => spec.WithStage(3, stage => stage)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => spec.WithStage(^4, stage => stage));
    }

    [Fact]
    public void WithDepths_OneAStage_ChangesTheDepthsAlone()
    {
        WideResNetSpec spec = WideResNetSpec.Wrn(28, 10);

        Assert.Equal([1, 2, 3], spec.WithDepths(1, 2, 3).Stages.Select(stage => stage.Depth));
        Assert.Equal(spec, spec.WithDepths(1, 2, 3).WithDepths(4, 4, 4));
        Assert.StartsWith("there must be one depth for each of the 3 stages, got 1.", Assert.Throws<ArgumentException>(() => spec.WithDepths(1)).Message);
    }

    [Fact]
    public void Name_PublishedAndOtherNetworks_IsTheShortOne()
    {
        Assert.Equal("WRN-28-10", WideResNetSpec.Wrn(28, 10).Name);
        Assert.Equal("WRN-34-R", WideResNetSpec.Wrn34R.Name);
        Assert.Equal("WRN 4-4-4 / 160-320-256", WideResNetSpec.Wrn(28, 10).WithStage(^1, stage => stage with { Width = 256 }).Name);
        Assert.Equal("WRN 1 / 8", WideResNetSpec.Of(4, [1], [8]).Name);
    }

    [Fact]
    public void ToSpec_BuilderWithTheSameParts_EqualsTheWrittenSpec()
    {
        WideResNetSpec built = new WideResNetBuilder().Stem(16).Stage(4, 160).Stage(4, 320, stride: 2).Stage(4, 640, stride: 2).ToSpec();

        Assert.Equal(WideResNetSpec.Wrn(28, 10), built);
        Assert.Equal(WideResNetSpec.Wrn(28, 10).GetHashCode(), built.GetHashCode());
    }

    [Fact]
    public void ToSpec_BuilderUsedTwice_DoesNotShareState()
    {
        WideResNetBuilder start = new WideResNetBuilder().Stage(1, 8);
        WideResNetSpec full = start.Stage(2, 16, stride: 2, dropout: 0.1, activation: new Silu()).FinalActivation(new Silu()).Classes(7).InputChannels(1)
            .NormalizedBy(new Normalization { Mean = [0.5], Std = [0.5] }).ToSpec();

        Assert.Single(start.ToSpec().Stages);
        Assert.Equal((2, 7, 1, 0.1), (full.Stages.Count, full.Classes, full.InputChannels, full.Stages[1].Dropout));
        Assert.Equal(new Silu(), full.FinalActivation);
        Assert.Throws<InvalidDescriptionException>(() => new WideResNetBuilder().Stage(0, 0).ToSpec());
    }
}
