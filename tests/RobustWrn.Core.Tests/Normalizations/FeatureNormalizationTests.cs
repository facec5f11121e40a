using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

public class FeatureNormalizationTests
{
    public static readonly TheoryData<string> All = new(DescriptionTypes.Implementing(typeof(IFeatureNormalization)).Where(pair => pair.Value.Assembly == typeof(IFeatureNormalization).Assembly).Select(pair => pair.Key));

    [Theory]
    [MemberData(nameof(All))]
    public void Build_AnyWidth_StartsWithScaleOneAndShiftZero(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        IFeatureNormalization normalization = (IFeatureNormalization)Activator.CreateInstance(DescriptionTypes.Implementing(typeof(IFeatureNormalization))[name])!;

        // Several, since memory that nobody wrote may hold the right numbers by chance.
        Assert.All(Enumerable.Range(1, 32), i =>
        {
            using nn.Module<Tensor, Tensor> layer = normalization.Build(8 * i);

            Assert.Equal(2, layer.named_parameters().Count());
            Assert.All(layer.named_parameters(), named =>
                Assert.True(named.parameter.Equals(named.name == "weight" ? ones_like(named.parameter) : zeros_like(named.parameter)), named.name));
        });
    }

    /// <summary>The definition: (x - mean) / sqrt(variance + epsilon) over the channels of a group and all pixels of an image.</summary>
    [Theory]
    [InlineData(4, 2)]
    [InlineData(1000, 1)]
    [InlineData(1, 6)]
    public void Group_RandomFeatures_IsTheDefinition(int channelsPerGroup, int groups)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = no_grad();
        int channels = channelsPerGroup == 4 ? 8 : 6;
        using nn.Module<Tensor, Tensor> layer = new GroupNormalization { ChannelsPerGroup = channelsPerGroup }.Build(channels);
        layer.to(ScalarType.Float64);
        Tensor features = RandomStream.From(5).For("test").Normal([0, 1], [channels, 3, 5], ScalarType.Float64).Times(3).Plus(1);

        Tensor apart = features.reshape(2, groups, -1), centred = apart - apart.mean([2], keepdim: true);
        Tensor expected = (centred / centred.Squared().mean([2], keepdim: true).Plus(1e-5).sqrt()).reshape(features.shape);

        Assert.True((layer.call(features) - expected).abs().max().Number() < 1e-12);
    }
}
