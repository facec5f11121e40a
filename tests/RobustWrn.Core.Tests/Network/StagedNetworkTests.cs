using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

public class StagedNetworkTests
{
    private static readonly WideResNetSpec Spec = WideResNetSpec.Of(stem: 4, depths: [1, 2], widths: [6, 10]) with { Normalization = Normalization.Cifar10 };

    [Fact]
    public void ForwardByStage_WideResNet_ShowsEachStageInOrderWithItsShape()
    {
        using DisposeScope scope = NewDisposeScope();
        using Classifier classifier = Spec.Build(1);
        List<string> seen = [];

        classifier.ForwardByStage(rand(2, 3, 8, 8), (name, features) => seen.Add($"{name} {string.Join('x', features.shape)}"));

        Assert.Equal(["stem 2x4x8x8", "stage 1 2x6x8x8", "stage 2 2x10x4x4", "pooled 2x10"], seen);
    }

    [Fact]
    public void ForwardByStage_Classifier_NormalisesAndGivesTheBitsOfForward()
    {
        using DisposeScope scope = NewDisposeScope();
        using Classifier classifier = Spec.Build(1);
        classifier.eval();
        Tensor images = rand(2, 3, 8, 8);
        Tensor? stem = null, pooled = null;

        Tensor logits = classifier.ForwardByStage(images, (name, features) =>
        {
            if (name == "stem")
                stem = Copy(features);
            if (name == "pooled")
                pooled = Copy(features);
        });

        Assert.True(logits.Equals(classifier.call(images)));
        Assert.True(nn.functional.linear(pooled!, classifier.get_parameter("network.fc.weight")!, classifier.get_parameter("network.fc.bias")).Equals(logits));
        using Classifier plain = (Spec with { Normalization = Normalization.Identity }).Build(1);
        Tensor? raw = null;
        Tensor mean = tensor(Normalization.Cifar10.Mean.ToArray()).reshape(1, 3, 1, 1).to(images.dtype), std = tensor(Normalization.Cifar10.Std.ToArray()).reshape(1, 3, 1, 1).to(images.dtype);
        plain.ForwardByStage((images - mean) / std, (name, features) => raw = name == "stem" ? Copy(features) : raw);
        Assert.True((raw! - stem!).abs().max().Number() < 1e-5);
    }

    [Fact]
    public void ForwardByStage_NetworkWithoutStages_GivesLogitsAndShowsNothing()
    {
        using DisposeScope scope = NewDisposeScope();
        using Classifier classifier = new(Spec, nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()));
        Tensor images = rand(2, 3, 8, 8);

        Tensor logits = classifier.ForwardByStage(images, (name, _) => Assert.Fail(name));

        Assert.True(logits.Equals(classifier.call(images)));
    }

    [Fact]
    public void ForwardByStage_ObserverThrows_LeavesNoTensorBehind()
    {
        using Classifier classifier = Spec.Build(1);
        using Tensor images = rand(2, 3, 8, 8);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        Assert.Throws<InvalidOperationException>(() => classifier.ForwardByStage(images, (_, _) => throw new InvalidOperationException()));

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    // The stages compute in a dispose scope of their own.
    private static Tensor Copy(Tensor features) => features.clone().MoveToOuterDisposeScope();
}
