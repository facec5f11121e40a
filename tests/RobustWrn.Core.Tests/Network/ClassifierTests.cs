using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

public class ClassifierTests
{
    private static readonly WideResNetSpec Plain = WideResNetSpec.Of(stem: 4, depths: [1], widths: [4]);

    [Theory]
    [InlineData(ScalarType.Float32, 1e-6)]
    [InlineData(ScalarType.Float64, 1e-14)]
    public void Forward_WithNormalization_EqualsThePlainNetworkOnPixelsNormalisedByHand(ScalarType dtype, double tolerance)
    {
        using DisposeScope scope = NewDisposeScope();
        using Classifier normalising = (Plain with { Normalization = Normalization.Cifar10 }).Build(5), plain = Plain.Build(5);
        normalising.to(dtype);
        plain.to(dtype);
        normalising.eval();
        plain.eval();
        Tensor images = rand(3, 3, 6, 6, dtype), byHand = images.clone();
        for (int c = 0; c < 3; c++)
            byHand[.., c] = images[.., c].Minus(Normalization.Cifar10.Mean[c]).Over(Normalization.Cifar10.Std[c]);

        // Twice: the stored mean must survive the first pass.
        normalising.call(images);
        Tensor logits = normalising.call(images);

        Assert.Equal(dtype, logits.dtype);
        Assert.True((logits - plain.call(byHand)).abs().max().Number() <= tolerance);
    }

    [Fact]
    public void Forward_Greyscale_NormalisesTheOneChannel()
    {
        using DisposeScope scope = NewDisposeScope();
        WideResNetSpec grey = Plain with { InputChannels = 1 };
        using Classifier normalising = (grey with { Normalization = new Normalization { Mean = [0.5], Std = [0.25] } }).Build(5), plain = grey.Build(5);
        normalising.eval();
        plain.eval();
        Tensor images = rand(2, 1, 6, 6);

        Assert.True((normalising.call(images) - plain.call(images.Minus(0.5).Over(0.25))).abs().max().Number() < 1e-6);
    }

    [Fact]
    public void Problems_NormalizationForAnotherChannelCount_NamesBothCounts()
    {
        Problem problem = Assert.Single((Plain with { InputChannels = 1, Normalization = Normalization.Cifar10 }).Problems());

        Assert.Equal("Normalization: must have one mean and one std for each of 1 channel, or none at all, got 3 and 3.", problem.ToString());
    }

    [Fact]
    public void Problems_NormalizationWithZeroStdAndInfiniteMean_ListsBoth()
    {
        Normalization broken = new() { Mean = [double.PositiveInfinity], Std = [0] };

        Assert.Equal(["Normalization.Mean[0]", "Normalization.Std[0]"], broken.Problems(1).Select(problem => problem.Subject));
    }

    [Fact]
    public void Parameters_WithNormalization_AreTheNetworksOnly()
    {
        using Classifier classifier = (Plain with { Normalization = Normalization.Cifar10 }).Build(0);

        Assert.Equal(classifier.Network.state_dict().Keys.Select(name => $"network.{name}").Order(), classifier.state_dict().Keys.Order());
        Assert.Equal(Plain.Cost(8, 8).Parameters, classifier.parameters().Sum(parameter => parameter.numel()));
    }

    /// <summary>libtorch 2.10 corrupts the heap where weights get gradients in channels-last at some channel counts, so training never lets that layout in.</summary>
    [Fact]
    public void Forward_ChannelsLastImagesWhileTraining_RunsInTheOrdinaryLayout()
    {
        using DisposeScope scope = NewDisposeScope();
        using Classifier classifier = WideResNetSpec.Of(4, [1], [6]).Build(1);
        Tensor images = rand(2, 3, 5, 5), channelsLast = images.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
        List<bool> ordinary = [];
        foreach (ConvolutionLayer layer in classifier.modules().OfType<ConvolutionLayer>())
        {
            layer.register_forward_pre_hook((_, input) =>
            {
                ordinary.Add(input.is_contiguous());
                return input;
            });
        }

        Tensor logits = classifier.call(channelsLast);

        Assert.False(channelsLast.is_contiguous());
        Assert.Equal(4, ordinary.Count);
        Assert.DoesNotContain(false, ordinary);
        Assert.True(logits.Equals(classifier.call(images)));
    }
}
