using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

public class NetworkInitializationTests
{
    [Fact]
    [Trait("Category", VectorRun.Category)]
    public void Build_AnySeed_DrawsEachLayerWithTheDeviationOfTheAuthorsCode()
    {
        using JsonDocument facts = JsonDocument.Parse(File.ReadAllText(Path.Combine(VectorCase.Folder, "init_statistics.json")));
        using Classifier classifier = WideResNetSpec.Of(stem: 16, depths: [1, 2, 1], widths: [64, 96, 80]).Build(7);
        Dictionary<string, Tensor> state = classifier.Network.state_dict();
        VectorReads.Add("init_statistics", "expected_std");
        JsonElement convolutions = facts.RootElement.GetProperty("convs");

        foreach (JsonProperty layer in convolutions.EnumerateObject().Where(item => item.Name != "fc"))
        {
            double expected = layer.Value.GetProperty("expected_std").GetDouble(), sigma = layer.Value.GetProperty("relative_std_error_1sigma").GetDouble();
            using DisposeScope scope = NewDisposeScope();
            Tensor weight = state[$"{layer.Name}.weight"];
            Assert.InRange(weight.std().Number() / expected, 1 - 4 * sigma, 1 + 4 * sigma);
            Assert.InRange(weight.mean().Number() / expected * Math.Sqrt(weight.numel()), -4, 4);
        }
        using Tensor largest = state["fc.weight"].abs().max();
        Assert.InRange(largest.Number(), 0.95 * convolutions.GetProperty("fc").GetProperty("b").GetDouble(), convolutions.GetProperty("fc").GetProperty("b").GetDouble());
        Assert.InRange(state["fc.weight"].std().Number() / convolutions.GetProperty("fc").GetProperty("expected_std").GetDouble(), 0.94, 1.06);
    }

    [Fact]
    public void Build_AnySeed_StartsNormalisationsAtOneAndZeroAndTheBiasAtZero()
    {
        using Classifier classifier = WideResNetSpec.Of(stem: 4, depths: [2], widths: [6]).Build(7);

        foreach ((string name, Tensor value) in classifier.Network.state_dict())
        {
            bool one = (name.Contains(".bn", StringComparison.Ordinal) || name.StartsWith("bn", StringComparison.Ordinal))
                && (name.EndsWith("weight", StringComparison.Ordinal) || name.EndsWith("running_var", StringComparison.Ordinal));
            bool zero = name.EndsWith("bias", StringComparison.Ordinal) || name.EndsWith("running_mean", StringComparison.Ordinal) || name.EndsWith("tracked", StringComparison.Ordinal);
            if (one || zero)
                Assert.True(value.IsEqualTo(one ? 1 : 0).all().item<bool>(), name);
            else
                Assert.True(value.IsEqualTo(0).logical_not().any().item<bool>(), name);
        }
    }

    [Fact]
    public void Build_SameSeed_GivesTheSameBitsAndAnotherSeedOthers()
    {
        WideResNetSpec spec = WideResNetSpec.Of(stem: 4, depths: [1, 1], widths: [4, 6]);
        using Classifier first = spec.Build(1), again = spec.Build(1), other = spec.Build(2);

        Assert.All(first.Network.state_dict(), pair => Assert.True(pair.Value.Equals(again.Network.state_dict()[pair.Key]), pair.Key));
        Assert.All(first.Network.state_dict().Where(pair => pair.Key.Contains("conv") || pair.Key == "fc.weight"),
            pair => Assert.False(pair.Value.Equals(other.Network.state_dict()[pair.Key]), pair.Key));
    }

    [Fact]
    public void Build_AnotherDepthElsewhere_LeavesALayersWeightsAlone()
    {
        WideResNetSpec spec = WideResNetSpec.Of(stem: 4, depths: [1, 1], widths: [4, 6]);
        using Classifier shallow = spec.Build(1), deep = spec.WithDepths(3, 1).Build(1);

        string[] shared = [.. shallow.Network.state_dict().Keys];

        Assert.All(shared, name => Assert.True(shallow.Network.state_dict()[name].Equals(deep.Network.state_dict()[name]), name));
    }

    [Fact]
    public void Build_TwoLayersOfOneShape_HaveDifferentWeights()
    {
        using Classifier classifier = WideResNetSpec.Of(stem: 4, depths: [2], widths: [4]).Build(1);
        Dictionary<string, Tensor> state = classifier.Network.state_dict();

        Assert.False(state["blocks.0.layer.0.conv1.weight"].Equals(state["blocks.0.layer.1.conv1.weight"]));
        Assert.False(state["blocks.0.layer.0.conv1.weight"].Equals(state["blocks.0.layer.0.conv2.weight"]));
    }
}
