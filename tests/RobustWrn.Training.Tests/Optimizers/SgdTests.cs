using RobustWrn.Core;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Training.Tests;

public class SgdTests
{
    private static readonly double[] Rates = [0.1, 0.1, 0.03, 0.01];

    [Theory]
    [InlineData(0, false, 0)]
    [InlineData(0, false, 1e-2)]
    [InlineData(0.9, false, 0)]
    [InlineData(0.9, false, 5e-4)]
    [InlineData(0.9, true, 5e-4)]
    public void Step_SomeSteps_GivesTheBitsOfTorchsSgd(double momentum, bool nesterov, double decay)
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter[] ours = Parameters(), theirs = Parameters();
        using RunningOptimizer optimizer = new Sgd { Momentum = momentum, Nesterov = nesterov, WeightDecay = decay }.Begin(Named(ours));
#pragma warning disable RS0030 // TorchSharp's own steps are what ours are compared with
        SGD oracle = optim.SGD(theirs, Rates[0], momentum, dampening: 0, weight_decay: decay, nesterov: nesterov);

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
            Assert.True(Small.SameBits(mine, other), $"{mine} against {other}");
    }

    [Fact]
    public void Restore_SavedHalfway_GoesOnToTheSameBits()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter[] whole = Parameters(), halves = Parameters();
        Sgd settings = new();
        using RunningOptimizer uninterrupted = settings.Begin(Named(whole)), first = settings.Begin(Named(halves));
        Steps(uninterrupted, whole, 0, 4);
        Steps(first, halves, 0, 2);
        using NamedTensors saved = new(new(first.Saved.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.clone()))));

        using RunningOptimizer second = settings.Begin(Named(halves));
        second.Restore(saved);
        Steps(second, halves, 2, 4);

        Assert.Equal(["momentum.a", "momentum.b"], second.Saved.Select(pair => pair.Key));
        foreach ((Parameter mine, Parameter other) in halves.Zip(whole))
            Assert.True(Small.SameBits(mine, other));
    }

    [Fact]
    public void Restore_AnotherNetwork_SaysWhichTensor()
    {
        using DisposeScope scope = NewDisposeScope();
        using RunningOptimizer optimizer = new Sgd().Begin(Named(Parameters()));
        using NamedTensors other = new(new() { ["momentum.a"] = zeros(3) });

        Assert.Contains("must have \"momentum.a\" of shape (2, 3), got (3).", Assert.Throws<InvalidDataException>(() => optimizer.Restore(other)).Message);
    }

    [Fact]
    public void Step_ParameterWithoutGradient_StaysWithoutDecay()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter[] parameters = Parameters();
        using Tensor before = parameters[0].clone();
        using RunningOptimizer optimizer = new Sgd().Begin(Named(parameters));

        optimizer.Step([null, Gradient(parameters[1], 0)], 0.1);

        Assert.True(Small.SameBits(before, parameters[0]));
    }

    [Fact]
    public void Step_MomentumGiven_TakesItInThePlaceOfItsOwn()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter[] given = Parameters(), own = Parameters();
        using RunningOptimizer first = new Sgd { Momentum = 0.5, Nesterov = true }.Begin(Named(given)), second = new Sgd { Momentum = 0.85, Nesterov = true }.Begin(Named(own));

        first.Momentum = 0.85;
        Steps(first, given, 0, 3);
        Steps(second, own, 0, 3);

        foreach ((Parameter mine, Parameter other) in given.Zip(own))
            Assert.True(Small.SameBits(mine, other));
    }

    [Fact]
    public void Begin_InsideAScope_OutlivesIt()
    {
        using DisposeScope outer = NewDisposeScope();
        Parameter[] parameters = Parameters();
        RunningOptimizer optimizer;
        using (NewDisposeScope())
            optimizer = new Sgd().Begin(Named(parameters));
        using (optimizer)
            Steps(optimizer, parameters, 0, 1);

        Assert.False(parameters[0].IsInvalid);
    }

    [Fact]
    public void Clip_LongAndShortGradients_GivesTorchsClipGradNorm()
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (double limit in (double[])[0.5, 100])
        {
            Parameter[] parameters = Parameters();
            Tensor[] gradients = [.. parameters.Select(parameter => Gradient(parameter, 0))];
            foreach (Parameter parameter in parameters)
                parameter.grad = Gradient(parameter, 0);
            double expected = nn.utils.clip_grad_norm_(parameters, limit);

            double norm = GradientNorm.Of(gradients).Number();
            GradientNorm.Clip(gradients, norm, limit);

            Assert.Equal(expected, norm, 1e-6);
            foreach ((Tensor gradient, Parameter parameter) in gradients.Zip(parameters))
                Assert.True(gradient.allclose(parameter.grad!, rtol: 1e-6, atol: 0));
        }
    }

    private static Parameter[] Parameters() =>
        [.. new long[][] { [2, 3], [5] }.Select((shape, i) => new Parameter(RandomStream.From(3).At(i).Normal([0], shape).squeeze(0)))];

    private static KeyValuePair<string, Parameter>[] Named(Parameter[] parameters) => [KeyValuePair.Create("a", parameters[0]), KeyValuePair.Create("b", parameters[1])];

    private static Tensor Gradient(Tensor parameter, int step) => RandomStream.From(4).At(step).Normal([parameter.numel()], parameter.shape).squeeze(0);

    private static void Steps(RunningOptimizer optimizer, Parameter[] parameters, int from, int to)
    {
        for (int step = from; step < to; step++)
            optimizer.Step([.. parameters.Select(parameter => Gradient(parameter, step))], Rates[step]);
    }
}
