using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

/// <summary>Alone, because the other tests do draw from the global generator.</summary>
[CollectionDefinition(nameof(GlobalGeneratorTests), DisableParallelization = true)]
[Collection(nameof(GlobalGeneratorTests))]
public class GlobalGeneratorTests
{
    [Fact]
    public void EverythingThatDraws_Run_LeavesTorchsGlobalGeneratorAlone()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor images = rand(4, 3, 8, 8);
        Tensor before = get_rng_state().clone();
        RandomStream stream = RandomStream.From(1);

        using Classifier classifier = WideResNetSpec.Of(stem: 4, depths: [1, 1], widths: [4, 6])
            .WithStage(0, stage => stage with { Dropout = 0.5, Activation = new Silu() })
            .WithStage(1, stage => stage with { Activation = new LeakyRelu() }).Build(3);
        classifier.DrawDropoutFrom(stream, [0, 1, 2, 3]);
        classifier.call(images).sum().backward();
        ThreatModel.Linf(8, outOf: 255).RandomStart(images, stream, [0, 1, 2, 3]);
        ThreatModel.L2(0.5).RandomStart(images, stream, [0, 1, 2, 3]);
        stream.Permutation(100);
        stream.Normal([0], [3]);

        Assert.True(get_rng_state().Equals(before));
    }
}
