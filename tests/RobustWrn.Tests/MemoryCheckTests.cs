using RobustWrn.Core;
using RobustWrn.Search;
using RobustWrn.Training;

namespace RobustWrn.Tests;

public class MemoryCheckTests
{
    [Fact]
    public void Check_BaselineLargerThanTheLimit_IsRefusedWithTheEstimate()
    {
        using DatasetSplits images = SmallExperiment.Images();
        RobustExperiment experiment = SmallExperiment.On(images);
        WideResNetSpec large = WideResNetSpec.Wrn(28, 10) with { Classes = images.Training.Train.ClassNames.Count };
        long enough = TrainingMemory.Of(large, experiment.Objective, experiment.Recipe, 32, 32).Total;

        Assert.Empty(experiment.Comparing(SmallExperiment.Baseline, large).WithinMemory(enough).Check());
        Problem problem = Assert.Single(experiment.Comparing(SmallExperiment.Baseline, large).WithinMemory(enough - 1).Check());

        Assert.Equal("Baselines[1]", problem.Subject);
        Assert.Matches(@"^must fit into the 1\.69 GiB of memory there are, but training WRN-28-10 takes at least 1\.69 GiB \(weights 0\.14 GiB, .*\) at batch size 32\. Let at most \d+ images through the network at once", problem.Message);
    }

    [Fact]
    public void Check_CandidatesLargerThanTheLimit_AreCountedAndCanBeLeftOut()
    {
        using DatasetSplits images = SmallExperiment.Images();
        RobustExperiment experiment = SmallExperiment.On(images).Comparing();
        long WithWidth(int width) => TrainingMemory.Of(SmallExperiment.Baseline.WithStage(^1, stage => stage with { Width = width }), experiment.Objective, experiment.Recipe, 32, 32).Total;
        experiment = experiment.WithinMemory(WithWidth(6));

        Problem problem = Assert.Single(experiment.Check());

        Assert.Equal("Space", problem.Subject);
        Assert.EndsWith("It is one of 2 such candidates: leave them out with Where.", problem.Message);
        Assert.Empty(experiment.Searching(SmallExperiment.Space().Where("narrow", spec => spec.Stages[^1].Width <= 6), new RandomSampler()).Check());
    }

    [Fact]
    public void Check_LimitOfNothing_IsAMistake()
    {
        using DatasetSplits images = SmallExperiment.Images();

        Assert.Equal("WithinMemory", Assert.Single(SmallExperiment.On(images).WithinMemory(0).Check()).Subject);
    }
}
