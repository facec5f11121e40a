using CsCheck;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

public class BaselineNetworkTests
{
    public static readonly TheoryData<string> Vectors = ["model_resnet_basic", "model_resnet_bottleneck", "model_vgg", "model_densenet"];

    private static readonly INetworkSpec[] Small =
    [
        ResNetSpec.Of(4, [1, 2], [6, 8]) with { Normalization = Normalization.Cifar10, Stem = new StemSpec { Width = 4, Pooled = true } },
        ResNetSpec.Of(4, [1, 2], [3, 2]).WithBlock(new PostActivationBottleneck()).WithStage(0, stage => stage with { Dropout = 0.3 }),
        VggSpec.Of([1, 2], [6, 8]) with { Normalization = Normalization.Cifar10, Activation = new PRelu() },
        DenseNetSpec.Of(4, [2, 1], [6, 8]) with { Normalization = Normalization.Cifar10 },
    ];

    [Theory]
    [MemberData(nameof(Vectors))]
    public void StateDict_PublishedModel_HasTheFilesNamesInTheFilesOrder(string name)
    {
        using VectorCase vectors = VectorCase.Open(name);
        using Classifier classifier = vectors.BuildModel(ScalarType.Float32);

        Assert.Equal(vectors.Names.Where(stored => stored.StartsWith("model.", StringComparison.Ordinal)).Select(stored => stored["model.".Length..]),
            classifier.Network.state_dict().Keys);
    }

    /// <summary>Files of others carry prefixes, and no map of names for wide residual networks must take these for its own.</summary>
    [Theory]
    [MemberData(nameof(Vectors))]
    public void Load_WeightsBehindThePrefixOfDataParallel_AreFound(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        using VectorCase vectors = VectorCase.Open(name);
        using Classifier expected = vectors.BuildModel(ScalarType.Float32), loaded = expected.Spec.Build(1);
        OrderedDictionary<string, Tensor> stored = [];
        foreach ((string key, Tensor value) in expected.Network.state_dict())
            stored.Add($"module.{key}", value.alias());
        using NamedTensors file = new(stored);

        WeightsReport report = NetworkWeights.Load(loaded.Network, file, new WeightsOptions());

        loaded.eval();
        Assert.Equal("module.", report.Prefix);
        Assert.True(loaded.call(vectors["in.x"]).Equals(expected.call(vectors["in.x"])));
    }

    [Fact]
    public void Save_AnyOfThem_OpensAgainWithTheSameLogits()
    {
        string path = TestFolder.Missing();
        try
        {
            Assert.All(Small, spec =>
            {
                using DisposeScope scope = NewDisposeScope();
                using Classifier written = spec.Build(3);
                written.eval();
                NetworkWeights.Save(written, path);
                using Classifier read = NetworkWeights.Open(path);
                Tensor images = rand(2, 3, 8, 8);

                Assert.Equal(spec, read.Spec);
                Assert.True(written.call(images).Equals(read.call(images)));
            });
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>What every stage shows has the shape that the cost's part of the same name says, and the logits are those of the forward pass.</summary>
    [Fact]
    public void ForwardByStage_RandomNetworks_ShowsThePartsOfTheCost() =>
        Gen.Select(BaselineGen.Any, Gen.Int[8, 11], Gen.Int[8, 11]).Sample((spec, height, width) =>
        {
            using DisposeScope scope = NewDisposeScope();
            using IDisposable guard = no_grad();
            using Classifier classifier = spec.Build(1);
            classifier.to(ScalarType.Float64);
            classifier.eval();
            Tensor images = rand(2, spec.InputChannels, height, width, ScalarType.Float64);
            List<(string Name, long[] Shape)> seen = [];

            Tensor logits = classifier.ForwardByStage(images, (name, features) => seen.Add((name, features.shape)));

            Assert.True((logits - classifier.call(images)).abs().max().Number() <= 1e-12 * Math.Max(1, logits.abs().max().Number()));
            Assert.Equal([2, spec.Classes], logits.shape);
            Assert.Equal("pooled", seen[^1].Name);
            Assert.Equal(spec.Cost(height, width).Parts.SkipLast(1).Select(part => (part.Name, $"2, {part.Channels}, {part.Height}, {part.Width}")),
                seen.SkipLast(1).Select(stage => (stage.Name, string.Join(", ", stage.Shape))));
        }, iter: 60, threads: 1);

    [Fact]
    public void Build_InsideADisposeScope_OutlivesTheScopeAndLearnsEverywhere() =>
        Assert.All(Small, spec =>
        {
            Classifier classifier;
            using (NewDisposeScope())
                classifier = spec.Build(3);
            using DisposeScope scope = NewDisposeScope();

            nn.functional.cross_entropy(classifier.call(rand(4, 3, 16, 16)), tensor([0L, 1, 2, 3])).backward();

            Assert.All(classifier.Network.state_dict().Values, value => Assert.False(value.IsInvalid));
            Assert.All(classifier.named_parameters(), named => Assert.NotNull(named.parameter.grad));
            Assert.All(classifier.named_parameters().Where(named => named.parameter.dim() > 1), named => Assert.True(named.parameter.grad!.abs().sum().Number() > 0, named.name));
            classifier.Dispose();
        });

    [Fact]
    public void Build_UsedAndDisposed_LeavesNoTensor() =>
        Assert.All(Small, spec =>
        {
            UseAndDispose(spec);
            long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

            UseAndDispose(spec);

            Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        });

    [Fact]
    public void Forward_OutsideAScope_LeavesOnlyTheLogits() =>
        Assert.All(Small, spec =>
        {
            using Classifier classifier = spec.Build(0);
            using Tensor images = rand(2, 3, 16, 16);
            classifier.call(images).Dispose();
            long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

            Tensor logits = classifier.call(images);

            Assert.Equal(before + 1, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
            logits.Dispose();
        });

    [Fact]
    public void Forward_AnotherChannelCount_SaysWhatIsExpected() =>
        Assert.All(Small, spec =>
        {
            using DisposeScope scope = NewDisposeScope();
            using Classifier classifier = (spec switch
            {
                ResNetSpec resNet => resNet with { Normalization = Normalization.Identity },
                VggSpec vgg => vgg with { Normalization = Normalization.Identity },
                DenseNetSpec denseNet => (INetworkSpec)(denseNet with { Normalization = Normalization.Identity }),
                _ => spec,
            }).Build(0);

            Assert.StartsWith("images must be (N, 3, H, W), got (2, 1, 16, 16).", Assert.Throws<ArgumentException>(() => classifier.call(zeros(2, 1, 16, 16))).Message);
        });

    [Fact]
    public void Build_SameSeed_GivesTheSameBitsAndAnotherSeedOthers() =>
        Assert.All(Small, spec =>
        {
            using DisposeScope scope = NewDisposeScope();
            using Classifier first = spec.Build(1), again = spec.Build(1), other = spec.Build(2);
            Dictionary<string, Tensor> same = again.Network.state_dict(), others = other.Network.state_dict();

            Assert.All(first.Network.state_dict(), pair => Assert.True(pair.Value.Equals(same[pair.Key]), pair.Key));
            Assert.All(first.Network.state_dict().Where(pair => pair.Value.dim() > 1), pair => Assert.False(pair.Value.Equals(others[pair.Key]), pair.Key));
        });

    /// <summary>The presets' blocks and depths at a sixteenth of the width: the parameters traced are those built, and the network takes 32x32 images.</summary>
    [Fact]
    public void Build_EveryPresetAtReducedWidth_TakesCifarImages()
    {
        INetworkSpec[] reduced = [.. NetworkPresets.All.Select(preset => preset.Spec).Select(spec => (INetworkSpec?)(spec switch
        {
            ResNetSpec resNet => resNet with { Stem = new StemSpec { Width = 4 }, Stages = resNet.Stages.Select(stage => stage with { Width = stage.Width / 16 }).ToValueList() },
            VggSpec vgg => vgg with { Stages = vgg.Stages.Select(stage => stage with { Width = stage.Width / 16 }).ToValueList() },
            DenseNetSpec denseNet => denseNet with { Growth = 2, Stages = denseNet.Stages.Select(stage => stage with { Width = stage.Width / 16 }).ToValueList() },
            _ => null,
        })).OfType<INetworkSpec>()];

        Assert.Equal(7, reduced.Length);
        Assert.All(reduced, spec =>
        {
            using DisposeScope scope = NewDisposeScope();
            using Classifier classifier = spec.Build(1);

            Assert.Equal([2, 10], classifier.call(rand(2, 3, 32, 32)).shape);
            Assert.Equal(spec.Cost(32, 32).Parameters, classifier.parameters().Sum(parameter => parameter.numel()));
        });
    }

    private static void UseAndDispose(INetworkSpec spec)
    {
        using DisposeScope scope = NewDisposeScope();
        using Classifier classifier = spec.Build(1);
        nn.functional.cross_entropy(classifier.call(rand(2, 3, 16, 16)), zeros(2, ScalarType.Int64)).backward();
    }
}
