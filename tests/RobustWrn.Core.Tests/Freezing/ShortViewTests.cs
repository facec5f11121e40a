using CsCheck;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

public class ShortViewTests
{
    /// <summary>Every kind of network computes in bfloat16, near the float32 logits, in float32 at both ends; the classifier stays as it was.</summary>
    [Fact]
    public void Freeze_BFloat16_ComputesNearlyTheSame()
    {
        foreach ((INetworkSpec spec, uint seed) in Gen.Select(Gen.OneOf(SpecGen.Spec.Select(spec => (INetworkSpec)spec), BaselineGen.Any), Gen.UInt).Array[30].Single(_ => true, "0N0XIzNsQ0O2"))
        {
            using DisposeScope scope = NewDisposeScope();
            using Classifier classifier = spec.Build(seed);
            classifier.eval();
            Tensor images = RandomStream.From(seed).For("images").Uniform([0, 1, 2], [spec.InputChannels, 12, 12]).requires_grad_();
            Tensor exact = classifier.call(images).detach();
            using FrozenNetwork view = classifier.Freeze(ScalarType.BFloat16)!;

            Tensor logits = view.Logits(images), gradient = autograd.grad([logits.sum()], [images])[0];

            Assert.Equal((ScalarType.Float32, ScalarType.Float32), (logits.dtype, gradient.dtype));
            double error = (logits - exact).abs().max().Number();
            Assert.True(error <= 0.15 * Math.Max(0.1, exact.abs().max().Number()), $"{error:g3} of {exact.abs().max().Number():g3} for {spec}");
            Assert.All(classifier.parameters(), parameter => Assert.Equal(ScalarType.Float32, parameter.dtype));
            Assert.True(classifier.call(images).eq(exact).all().item<bool>());
        }
    }

    [Fact]
    public void Follow_BFloat16View_FollowsInBFloat16()
    {
        using IDisposable guard = no_grad();
        using Classifier classifier = new(WideResNetSpec.Of(4, [1], [6]), WideResNetSpec.Of(4, [1], [6]).Build(1).Network, Normalization.Cifar10);
        classifier.eval();
        using FrozenNetwork view = classifier.Freeze(ScalarType.BFloat16)!;
        Tensor images = RandomStream.From(2).Uniform([0, 1], [3, 12, 12]), changed = images.clone();
        changed.narrow(2, 3, 2).narrow(3, 5, 2).zero_();
        using FollowedImages followed = view.Follow(images)!;

        Tensor logits = followed.Try(changed, [3, 3], [5, 5], 2), expected = view.Logits(changed);

        Assert.Equal(ScalarType.Float32, logits.dtype);
        Assert.True((logits - expected).abs().max().Number() <= 0.02 * expected.abs().max().Number());
        Assert.True((expected - view.Logits(images)).abs().max().Number() > 0);
    }

    [Fact]
    public void Freeze_BFloat16InTrainingMode_IsNull()
    {
        using Classifier classifier = WideResNetSpec.Of(2, [1], [3]).Build(0);
        classifier.train();

        Assert.Null(classifier.Freeze(ScalarType.BFloat16));
    }
}
