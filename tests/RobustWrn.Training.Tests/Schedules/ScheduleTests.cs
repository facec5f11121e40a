using RobustWrn.Core;

namespace RobustWrn.Training.Tests;

public class ScheduleTests
{
    [Theory]
    [InlineData(0, 0, 0.1)]
    [InlineData(74, 390, 0.1)]
    [InlineData(75, 0, 0.01)]
    [InlineData(89, 390, 0.01)]
    [InlineData(90, 0, 0.001)]
    [InlineData(99, 390, 0.001)]
    public void LearningRateAt_DefaultRecipe_DropsWhereThePublishedOneDoes(int epoch, int step, double rate) =>
        Assert.Equal(rate, new TrainingRecipe().LearningRateAt(epoch, step, 391), 1e-15);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1.0 / 3, 0.775)]
    [InlineData(0.5, 0.55)]
    [InlineData(1, 0.1)]
    public void Cosine_WithFinal_FollowsTheClosedForm(double progress, double factor) => Assert.Equal(factor, new CosineRate { Final = 0.1 }.Factor(progress), 1e-12);

    [Fact]
    public void Constant_Anywhere_IsOne() => Assert.Equal([1, 1, 1], ((double[])[0, 0.5, 0.999]).Select(new ConstantRate().Factor));

    [Fact]
    public void Piecewise_DropsOutOfOrder_IsRefusedWithTheirPlaces()
    {
        PiecewiseRate schedule = new() { Drops = [new RateDrop(0.5, 0.1), new RateDrop(0.4, 0), new RateDrop(1, 0.1)] };

        Assert.Equal(["Drops[1].From", "Drops[1].Factor", "Drops[2].From"], schedule.Problems().Select(problem => problem.Subject));
    }

    /// <summary>PyTorch's own schedule of 20 steps, 5 of them up, its momentum off: an oracle of the same name elsewhere.</summary>
    [Theory]
    [InlineData(20, 0.25)]
    [InlineData(7, 0.5)]
    [InlineData(40, 0.3)]
    public void OneCycle_EachStep_IsTorchs(int steps, double rise)
    {
        using TorchSharp.Modules.Parameter parameter = new(TorchSharp.torch.zeros(1));
#pragma warning disable RS0030 // TorchSharp's own schedule is what ours is compared with; it is right for one group of parameters
        TorchSharp.Modules.SGD optimizer = TorchSharp.torch.optim.SGD([parameter], 0.1);
        TorchSharp.torch.optim.lr_scheduler.LRScheduler oracle = TorchSharp.torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.4, total_steps: steps, pct_start: rise, cycle_momentum: false);
        OneCycleRate schedule = new() { Rise = rise };

        for (int step = 0; step < steps; step++)
        {
            Assert.Equal(optimizer.ParamGroups.Single().LearningRate, 0.4 * schedule.FactorAt(new TrainingPosition(0, 1, step, steps)), 1e-9);
            if (step < steps - 1)
                oracle.step();
        }
#pragma warning restore RS0030
    }

    [Theory]
    [InlineData(0, 0.04)]
    [InlineData(0.125, 0.52)]
    [InlineData(0.25, 1)]
    [InlineData(0.625, 0.500002)]
    [InlineData(1, 0.000004)]
    public void OneCycle_ByProgress_FollowsTheClosedForm(double progress, double factor) => Assert.Equal(factor, new OneCycleRate().Factor(progress), 1e-12);

    [Fact]
    public void OneCycle_ByEpoch_IsOneOfAsManyStepsAsEpochs()
    {
        OneCycleRate byEpoch = new() { ByEpoch = true }, byStep = new();

        for (int epoch = 0; epoch < 8; epoch++)
            Assert.Equal(byStep.FactorAt(new TrainingPosition(0, 1, epoch, 8)), byEpoch.FactorAt(new TrainingPosition(epoch, 8, 3, 5)));
        Assert.Equal(byStep, byEpoch.ByStep());
    }

    [Fact]
    public void OneCycle_OneStepAltogether_IsAtTheTop() => Assert.Equal(1, new OneCycleRate().FactorAt(new TrainingPosition(0, 1, 0, 1)));

    [Theory]
    [InlineData(1, 0.5, 0, 0, 0)]
    [InlineData(1, 0.5, 0, 0.25, 0.5)]
    [InlineData(1, 0.5, 0, 0.5, 1)]
    [InlineData(1, 0.4, 0, 0.7, 0.5)]
    [InlineData(1, 0.5, 0.1, 1, 0.1)]
    [InlineData(2, 0.5, 0.2, 0.5, 0.2)]
    [InlineData(2, 0.5, 0.2, 0.625, 0.6)]
    [InlineData(3, 0.5, 0, 1, 0)]
    public void Cyclic_Anywhere_FollowsTheTriangle(int cycles, double rise, double low, double progress, double factor) =>
        Assert.Equal(factor, new CyclicRate { Cycles = cycles, Rise = rise, Low = low }.Factor(progress), 1e-12);

    [Theory]
    [InlineData(0, 0.1)]
    [InlineData(0.1, 0.55)]
    [InlineData(0.2, 1)]
    [InlineData(0.8, 0.1)]
    public void WarmUp_OverDrops_MultipliesThemByTheLine(double progress, double factor) =>
        Assert.Equal(factor, new WarmUpRate { Share = 0.2, From = 0.1 }.Factor(progress), 1e-12);

    [Fact]
    public void WarmUp_OverAScheduleOfSteps_HandsItTheStep()
    {
        TrainingPosition position = new(2, 4, 1, 5);

        Assert.Equal(0.55 * new OneCycleRate().FactorAt(position), new WarmUpRate { Share = 1 - 1e-12, Then = new OneCycleRate() }.FactorAt(position), 1e-9);
    }

    [Theory]
    [InlineData(0, 0.25)]
    [InlineData(1, 0.625)]
    [InlineData(2, 1)]
    [InlineData(9, 1)]
    public void LinearRadius_Anywhere_GrowsAndStays(int epoch, double factor) => Assert.Equal(factor, new LinearRadius().Factor(new TrainingPosition(epoch, 10, 0, 3)), 1e-12);

    [Fact]
    public void Problems_EveryScheduleOutOfRange_NameTheirParts()
    {
        Assert.Equal(["Rise", "First", "Last"], Subjects(new OneCycleRate { Rise = 1, First = 0, Last = -1 }));
        Assert.Equal(["Cycles", "Rise", "Low"], Subjects(new CyclicRate { Cycles = 0, Rise = 0, Low = 2 }));
        Assert.Equal(["Share", "From", "Then.Final"], Subjects(new WarmUpRate { Share = 0, From = 2, Then = new CosineRate { Final = 2 } }));
        Assert.Equal(["Share", "From"], Subjects(new LinearRadius { Share = 0, From = 0 }));
        Assert.Equal(["Share", "From"], Subjects(new CosineRadius { Share = 2, From = double.NaN }));
        Assert.Equal(["Schedule"], Subjects(new TrainingRecipe { Optimizer = new AdamW(), Schedule = new WarmUpRate { Then = new OneCycleRate { CyclesMomentum = true } } }));
        Assert.Equal(["Radius.From"], Subjects(new TrainingRecipe { Radius = new LinearRadius { From = 0 } }));

        static IEnumerable<string> Subjects(IDescription description) => description.Problems().Select(problem => problem.Subject);
    }

    [Fact]
    public void Recipe_AsJson_ComesBackEqual()
    {
        TrainingRecipe recipe = new()
        {
            Epochs = 7,
            Schedule = new WarmUpRate { Then = new CosineRate { Final = 0.01 } },
            Radius = new CosineRadius { Oscillates = true },
            Optimizer = new Sgd { Nesterov = true },
            GradientNormClip = null,
            Augmentations = [new HorizontalFlip()],
            ValidationAttack = new Attacks.Pgd { Steps = 3 },
        };

        Assert.Equal(recipe, DescriptionJson.Read<TrainingRecipe>(DescriptionJson.Write(recipe)));
        Assert.Equal(new TrainingRecipe(), DescriptionJson.Read<TrainingRecipe>(DescriptionJson.Write(new TrainingRecipe())));
    }
}
