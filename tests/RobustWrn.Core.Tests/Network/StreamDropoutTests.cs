using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

public class StreamDropoutTests
{
    private static readonly RandomStream Step = RandomStream.From(11).For("dropout").At(4);

    [Fact]
    public void Forward_Training_DropsAtTheRateAndScalesTheRest()
    {
        using DisposeScope scope = NewDisposeScope();
        using StreamDropout dropout = new(0.3);
        dropout.DrawFrom(Step, Ids(64));

        Tensor output = dropout.call(ones(64, 4, 16, 16));

        double dropped = output.IsEqualTo(0).to(ScalarType.Float64).mean().item<double>();
        Assert.InRange(dropped, 0.3 - 4 * Math.Sqrt(0.21 / 65536), 0.3 + 4 * Math.Sqrt(0.21 / 65536));
        Assert.True(output.IsEqualTo(0).logical_or(output.Minus(1 / 0.7).abs().IsBelow(1e-6)).all().item<bool>());
    }

    [Fact]
    public void Forward_EvaluationModeOrRateZero_IsTheIdentity()
    {
        using DisposeScope scope = NewDisposeScope();
        using StreamDropout dropout = new(0.9), none = new(0);
        dropout.eval();
        Tensor input = rand(3, 2, 4, 4);

        Assert.True(dropout.call(input).Equals(input));
        Assert.True(none.call(input).Equals(input));
    }

    [Fact]
    public void Forward_SameStreamSetAgain_RepeatsEachPassOfTheStep()
    {
        using DisposeScope scope = NewDisposeScope();
        using StreamDropout dropout = new(0.5);
        Tensor input = ones(4, 2, 8, 8);
        dropout.DrawFrom(Step, Ids(4));
        Tensor first = dropout.call(input), second = dropout.call(input);

        dropout.DrawFrom(Step, Ids(4));

        Assert.True(dropout.call(input).Equals(first));
        Assert.True(dropout.call(input).Equals(second));
        Assert.False(first.Equals(second));
    }

    [Fact]
    public void Forward_BatchInAnotherOrder_DropsTheSameFeaturesOfEachExample()
    {
        using DisposeScope scope = NewDisposeScope();
        using StreamDropout dropout = new(0.5);
        Tensor input = ones(4, 2, 8, 8);
        dropout.DrawFrom(Step, [7, 3, 9, 5]);
        Tensor straight = dropout.call(input);

        dropout.DrawFrom(Step, [5, 9, 3, 7]);

        Assert.True(dropout.call(input).flip(0).Equals(straight));
    }

    [Fact]
    public void DrawDropoutFrom_NetworkWithDropout_MakesTheStepReproducibleAndLayersDiffer()
    {
        using DisposeScope scope = NewDisposeScope();
        WideResNetSpec spec = WideResNetSpec.Of(stem: 4, depths: [2], widths: [4]).WithStage(0, stage => stage with { Dropout = 0.5 });
        using Classifier classifier = spec.Build(0);
        Tensor images = rand(3, 3, 6, 6);

        classifier.DrawDropoutFrom(Step, [4, 5, 6]);
        Tensor first = classifier.call(images);
        Tensor withoutReset = classifier.call(images);
        classifier.DrawDropoutFrom(Step, [4, 5, 6]);
        Tensor again = classifier.call(images);
        StreamDropout[] layers = [.. classifier.modules().OfType<StreamDropout>()];
        classifier.DrawDropoutFrom(Step, [0]);
        Tensor[] masks = [.. layers.Select(layer => layer.call(ones(1, 4, 8, 8)))];

        Assert.True(again.Equals(first));
        Assert.False(withoutReset.Equals(first));
        Assert.Equal(2, masks.Length);
        Assert.False(masks[0].Equals(masks[1]));
    }

    private static long[] Ids(int count) => [.. Enumerable.Range(0, count).Select(i => (long)i)];
}
