using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

public class BaselineFreezingTests
{
    private static readonly INetworkSpec[] Small =
    [
        ResNetSpec.Of(4, [1, 2], [6, 8]) with { Stem = new StemSpec { Width = 4, Pooled = true } },
        ResNetSpec.Of(4, [2, 1], [3, 2]).WithBlock(new PostActivationBottleneck()),
        ResNetSpec.Of(4, [2, 1], [4, 6]).WithBlock(new BasicBlock()),
        VggSpec.Of([1, 2], [6, 8]),
        DenseNetSpec.Of(4, [2, 1], [6, 8]),
        DenseNetSpec.Of(4, [2, 1], [6, 8]) with { FeatureNormalization = new GroupNormalization { ChannelsPerGroup = 2 } },
    ];

    [Fact]
    public void Freeze_TrainingModeOrSomebodyLookingOn_GivesNoView() =>
        Assert.All(Small, spec =>
        {
            using Classifier classifier = spec.Build(1);
            Assert.Null(classifier.Freeze());
            classifier.eval();
            var hook = classifier.modules().OfType<ConvolutionLayer>().Last().register_forward_hook((_, _, output) => output);

            Assert.Null(classifier.Freeze());

            hook.remove();
            using FrozenNetwork? view = classifier.Freeze();
            Assert.NotNull(view);
        });

    /// <summary>The view neither changes nor disposes the images, gives nothing back to the weights, leaves only its logits, and is gone without a trace.</summary>
    [Fact]
    public void Logits_UsedAndDisposed_LeavesNoTensorAndTheImagesAsTheyWere() =>
        Assert.All(Small, spec =>
        {
            using Classifier classifier = spec.Build(1);
            classifier.eval();
            using Tensor images = rand(2, 3, 16, 16), copy = images.clone(), grey = images.narrow(1, 0, 1);
            classifier.Freeze()!.Dispose();
            long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

            using (FrozenNetwork view = classifier.Freeze()!)
            {
                long frozen = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
                Tensor logits = view.Logits(images);
                Assert.Equal(frozen + 1, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
                Assert.Equal([2, 10], logits.shape);
                logits.Dispose();
                Assert.Throws<ArgumentException>(() => view.Logits(grey));
            }

            Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
            Assert.True(images.Equals(copy));
        });

    [Fact]
    public void Freeze_WeightsChangedSince_TheNextViewFollows() =>
        Assert.All(Small, spec =>
        {
            using DisposeScope scope = NewDisposeScope();
            using IDisposable guard = no_grad();
            using Classifier classifier = spec.Build(1);
            classifier.to(ScalarType.Float64);
            classifier.eval();
            Tensor images = rand(2, 3, 16, 16, ScalarType.Float64);
            using FrozenNetwork old = classifier.Freeze()!;
            Tensor before = old.Logits(images);

            classifier.modules().OfType<ConvolutionLayer>().First().Weight.mul_(-ones(1, ScalarType.Float64));
            using FrozenNetwork view = classifier.Freeze()!;

            Tensor expected = classifier.call(images), logits = view.Logits(images);
            Assert.True((logits - expected).abs().max().Number() <= 1e-12 * Math.Max(1, expected.abs().max().Number()));
            Assert.False(logits.allclose(before));
        });
}
