using RobustWrn.Conformance.Contracts;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Conformance.Networks;

/// <summary>What any specification of a network must keep, clause by clause. Each throws when one breaks it.</summary>
public static class NetworkContract
{
    public static IReadOnlyDictionary<string, Action<INetworkSpec>> Clauses { get; } = new Dictionary<string, Action<INetworkSpec>>
    {
        ["costs what it builds"] = CostsWhatItBuilds,
        ["gives one row of logits an image"] = GivesLogits,
        ["draws its weights from the seed alone"] = DrawsFromTheSeedAlone,
        ["is the same function frozen"] = IsTheSameFunctionFrozen,
        ["shows its stages"] = ShowsItsStages,
        ["refuses what cannot be built"] = RefusesWhatCannotBeBuilt,
        ["comes back from its weights file"] = ComesBackFromItsWeightsFile,
        ["describes itself"] = SharedClauses.DescribesItself,
    };

    private static void CostsWhatItBuilds(INetworkSpec spec)
    {
        using Classifier network = spec.Build(seed: 1);
        NetworkCost cost = spec.Cost(Side(spec), Side(spec) + 3);
        long counted = 0;
        foreach (ConvolutionLayer layer in network.modules().OfType<ConvolutionLayer>())
            layer.register_forward_hook((module, _, output) =>
                { counted += ((ConvolutionLayer)module).Weight.numel() * output.shape[2] * output.shape[3]; return output; });
        foreach (LinearLayer layer in network.modules().OfType<LinearLayer>())
            layer.register_forward_hook((_, input, output) => { counted += input.shape[1] * output.shape[1]; return output; });
        network.eval();
        network.call(Images(spec, 1, Side(spec), Side(spec) + 3));
        Assert.Equal(network.parameters().Sum(parameter => parameter.numel()), cost.Parameters);
        Assert.Equal(counted, cost.MultiplyAdds);
        Assert.Equal(cost.Parts.Sum(part => part.MultiplyAdds), cost.MultiplyAdds);
    }

    private static void GivesLogits(INetworkSpec spec)
    {
        using Classifier network = spec.Build(seed: 1);
        network.eval();
        using IDisposable guard = no_grad();
        Tensor images = Images(spec, 3, Side(spec), Side(spec)), logits = network.call(images);
        Assert.Equal([3, spec.Classes], logits.shape);
        Assert.True(logits.isfinite().all().item<bool>(), "a logit is not finite");
        SharedClauses.AssertEqual(logits.narrow(0, 1, 1), network.call(images.narrow(0, 1, 1)), 1e-4, "an image alone");
        Assert.Same(spec, network.Spec);
    }

    private static void DrawsFromTheSeedAlone(INetworkSpec spec)
    {
        using Classifier one = spec.Build(seed: 5), again = spec.Build(seed: 5), other = spec.Build(seed: 6);
        Assert.Equal(TensorHash.Of(one.Network.state_dict()), TensorHash.Of(again.Network.state_dict()));
        Assert.NotEqual(TensorHash.Of(one.Network.state_dict()), TensorHash.Of(other.Network.state_dict()));
    }

    private static void IsTheSameFunctionFrozen(INetworkSpec spec)
    {
        using Classifier network = spec.Build(seed: 2);
        network.to(ScalarType.Float64);
        using IDisposable guard = no_grad();
        Tensor images = Images(spec, 4, Side(spec), Side(spec)).to(ScalarType.Float64);
        network.train();
        network.call(images);
        network.eval();
        using FrozenNetwork? view = network.Freeze();
        // A network may have no view; one that has, has the right one.
        if (view is not null)
            SharedClauses.AssertEqual(network.call(images), view.Logits(images), 1e-9, "the frozen view");
    }

    private static void ShowsItsStages(INetworkSpec spec)
    {
        using Classifier network = spec.Build(seed: 2);
        network.eval();
        using IDisposable guard = no_grad();
        Tensor images = Images(spec, 2, Side(spec), Side(spec));
        List<string> stages = [];
        Tensor logits = network.ForwardByStage(images, (stage, features) => { stages.Add(stage); Assert.Equal(2, features.shape[0]); });
        SharedClauses.AssertEqual(network.call(images), logits, 1e-5, "stage by stage");
        Assert.NotEmpty(stages);
        Assert.Distinct(stages);
    }

    private static void RefusesWhatCannotBeBuilt(INetworkSpec spec)
    {
        INetworkSpec broken = SmallNetworks.With(spec, "classes", 1);
        Assert.NotEmpty(broken.Problems());
        Assert.Throws<InvalidDescriptionException>(() => broken.Build(seed: 0));
        Assert.Throws<InvalidDescriptionException>(() => broken.Cost(32, 32));
    }

    private static void ComesBackFromItsWeightsFile(INetworkSpec spec)
    {
        string file = TestFolder.Missing();
        try
        {
            using Classifier network = spec.Build(seed: 3);
            network.eval();
            NetworkWeights.Save(network, file);
            using Classifier read = NetworkWeights.Open(file);
            using IDisposable guard = no_grad();
            Tensor images = Images(spec, 2, Side(spec), Side(spec));
            Assert.Equal(spec, read.Spec);
            Assert.True(network.call(images).eq(read.call(images)).all().item<bool>(), "it computes something else");
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static int Side(INetworkSpec spec) => Math.Max(12, spec.SmallestSide);

    private static Tensor Images(INetworkSpec spec, int count, int height, int width) =>
        SharedClauses.Numbers([count, spec.InputChannels, height, width], ScalarType.Float32).sigmoid();
}
