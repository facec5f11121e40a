using RobustWrn.Core;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Training.Tests;

public class AdamWTests
{
    private static readonly double[] Rates = [1e-2, 1e-2, 3e-3, 1e-3, 1e-3];

    [Theory]
    [InlineData(0.9, 0.999, 1e-8, 0.01)]
    [InlineData(0.9, 0.95, 1e-3, 0)]
    [InlineData(0.5, 0.9, 1e-8, 0.5)]
    public void Step_SomeSteps_GivesTorchsAdamW(double beta1, double beta2, double epsilon, double decay)
    {
        Parameter[] ours = Parameters(), theirs = Parameters();
        using RunningOptimizer optimizer = new AdamW { Beta1 = beta1, Beta2 = beta2, Epsilon = epsilon, WeightDecay = decay }.Begin(Named(ours));
#pragma warning disable RS0030 // TorchSharp's own steps are what ours are compared with
        TorchSharp.Modules.AdamW oracle = optim.AdamW(theirs, Rates[0], beta1, beta2, epsilon, decay);

        for (int step = 0; step < Rates.Length; step++)
        {
            foreach (Parameter parameter in theirs)
                parameter.grad = Gradient(parameter, step);
            foreach (optim.ILearningRateController group in oracle.ParamGroups)
                group.LearningRate = Rates[step];
            oracle.step();
            optimizer.Step([.. ours.Select(parameter => Gradient(parameter, step))], Rates[step]);
        }
#pragma warning restore RS0030

        foreach ((Parameter mine, Parameter other) in ours.Zip(theirs))
            Assert.True(mine.allclose(other, rtol: 1e-12, atol: 1e-14), $"{mine} against {other}");
    }

    [Fact]
    public void Step_ParameterWithoutAGradient_DoesNotCountIt()
    {
        Parameter[] late = Parameters(), fresh = Parameters();
        using RunningOptimizer waited = new AdamW().Begin(Named(late)), began = new AdamW().Begin(Named(fresh));

        waited.Step([null, Gradient(late[1], 0)], 0.1);
        waited.Step([Gradient(late[0], 1), null], 0.1);
        began.Step([Gradient(fresh[0], 1), Gradient(fresh[1], 0)], 0.1);

        foreach ((Parameter mine, Parameter other) in late.Zip(fresh))
            Assert.True(Small.SameBits(mine, other));
    }

    [Fact]
    public void Restore_SavedHalfway_GoesOnToTheSameBits()
    {
        Parameter[] whole = Parameters(), halves = Parameters();
        using RunningOptimizer uninterrupted = new AdamW().Begin(Named(whole)), first = new AdamW().Begin(Named(halves)), second = new AdamW().Begin(Named(halves));
        Steps(uninterrupted, whole, 0, 5);
        Steps(first, halves, 0, 2);
        OrderedDictionary<string, Tensor> saved = [];
        foreach ((string name, Tensor tensor) in first.Saved)
            saved.Add(name, tensor.clone());

        second.Restore(new NamedTensors(saved));
        Steps(second, halves, 2, 5);

        foreach ((Parameter mine, Parameter other) in halves.Zip(whole))
            Assert.True(Small.SameBits(mine, other));
    }

    [Fact]
    public void RememberedPerParameter_IsWhatItHolds()
    {
        using RunningOptimizer running = new AdamW().Begin(Named(Parameters()));

        Assert.Equal(new AdamW().RememberedPerParameter * (6 + 5), running.Saved.Where(pair => pair.Key != "steps").Sum(pair => pair.Value.numel()));
    }

    [Fact]
    public void Fit_AdamW_LearnsAndResumes()
    {
        using ScratchFolder folder = new();
        using Classifier whole = Small.Network.Build(1), stopped = Small.Network.Build(1), resumed = Small.Network.Build(1);
        TrainingRecipe recipe = Small.Recipe with { Optimizer = new AdamW(), LearningRate = 0.01 };
        int reads = 0;

        TrainingResult result = Small.Fit(whole, recipe: recipe);
        Assert.Throws<NotSupportedException>(() => Small.Fit(stopped, recipe: recipe, data: Bars.Splits(onRead: _ => Stop(++reads == 9)),
            options: new TrainingOptions { CheckpointFolder = folder.Path }));
        Small.Fit(resumed, recipe: recipe, options: new TrainingOptions { CheckpointFolder = folder.Path });

        Assert.True(result.Last.Loss < result.Epochs[0].Loss);
        Small.AssertSameWeights(whole, resumed);

        static void Stop(bool now)
        {
            if (now)
                throw new NotSupportedException();
        }
    }

    [Fact]
    public void Problems_OutOfRange_NameTheirParts() =>
        Assert.Equal(["Beta1", "Beta2", "Epsilon", "WeightDecay"], new AdamW { Beta1 = 1, Beta2 = -1, Epsilon = 0, WeightDecay = double.NaN }.Problems().Select(problem => problem.Subject));

    private static Parameter[] Parameters() =>
        [.. new long[][] { [2, 3], [5] }.Select((shape, i) => new Parameter(RandomStream.From(3).At(i).Normal([0], shape, ScalarType.Float64).squeeze(0)))];

    private static KeyValuePair<string, Parameter>[] Named(Parameter[] parameters) => [KeyValuePair.Create("a", parameters[0]), KeyValuePair.Create("b", parameters[1])];

    private static Tensor Gradient(Tensor parameter, int step) => RandomStream.From(4).At(step).Normal([parameter.numel()], parameter.shape, ScalarType.Float64).squeeze(0);

    private static void Steps(RunningOptimizer optimizer, Parameter[] parameters, int from, int to)
    {
        for (int step = from; step < to; step++)
            optimizer.Step([.. parameters.Select(parameter => Gradient(parameter, step))], Rates[step]);
    }
}
