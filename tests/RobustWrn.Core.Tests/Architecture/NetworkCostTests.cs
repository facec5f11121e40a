using System.Text.Json;
using CsCheck;
using TorchSharp;

namespace RobustWrn.Core.Tests;

public class NetworkCostTests
{
    [Fact]
    [Trait("Category", VectorRun.Category)]
    public void Cost_PublishedNetworks_IsExactlyTheirs()
    {
        using JsonDocument facts = JsonDocument.Parse(File.ReadAllText(Path.Combine(VectorCase.Folder, "model_facts.json")));
        VectorReads.Add("model_facts", "parameters");
        VectorReads.Add("model_facts", "macs_conv_linear");
        int compared = 0;
        foreach (JsonElement row in facts.RootElement.GetProperty("rows").EnumerateArray())
        {
            string name = row.GetProperty("name").GetString()!;
            // TRADES' own network has a block it never runs: 2,102,112 parameters that no forward pass sees.
            long unused = name.StartsWith("TRADES", StringComparison.Ordinal) ? 2_102_112 : 0;
            int[] input = [.. row.GetProperty("input").EnumerateArray().Select(item => item.GetInt32())];

            NetworkCost cost = Published(name, row).Cost(input[2], input[3]);

            Assert.True((row.GetProperty("parameters").GetInt64(), row.GetProperty("macs_conv_linear").GetInt64()) == (cost.Parameters + unused, cost.MultiplyAdds), name);
            compared++;
        }
        Assert.Equal(22, compared);
    }

    private static WideResNetSpec Published(string name, JsonElement row)
    {
        if (!row.TryGetProperty("channel_configs", out JsonElement list))
            return WideResNetSpec.Wrn(34, 10);
        int[] channels = [.. list.EnumerateArray().Select(item => item.GetInt32())];
        int[] depths = [.. row.GetProperty("depth_configs").EnumerateArray().Select(item => item.GetInt32())];
        WideResNetSpec spec = WideResNetSpec.Of(channels[0], depths, channels.AsSpan(1));
        if (row.TryGetProperty("block", out JsonElement block))
            spec = spec.WithBlock(block.GetString() == "basic_block" ? new BasicBlock { Shortcut = ShortcutInput.Activated } : new RobustResBlock());
        return name.Contains("imagenet", StringComparison.Ordinal) ? spec with { Stem = StemSpec.ImageNet(channels[0]), Classes = 1000 } : spec;
    }

    /// <summary>Parameters against the built network; multiply-adds against the shapes that really pass through its convolutions and linear layers.</summary>
    [Fact]
    public void Cost_RandomNetworks_IsThatOfTheBuiltNetwork() =>
        Gen.Select(SpecGen.Spec, Gen.Int[7, 13], Gen.Int[7, 13]).Sample((spec, height, width) =>
        {
            using Classifier classifier = spec.Build(0);
            NetworkCost cost = spec.Cost(height, width);

            Assert.Equal(classifier.parameters().Sum(parameter => parameter.numel()), cost.Parameters);
            Assert.Equal(CountedMultiplyAdds.Of(classifier, height, width), cost.MultiplyAdds);
            Assert.Equal(cost.Parameters, cost.Parts.Sum(part => part.Parameters));
            Assert.Equal(spec.Stages.Count + 2, cost.Parts.Count);
        }, iter: 300, threads: 1);

    [Fact]
    public void Cost_LargeNetwork_MakesNoTensor()
    {
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        long created = DisposeScopeManager.Statistics.CreatedOutsideScopeCount + DisposeScopeManager.Statistics.CreatedInScopeCount;

        WideResNetSpec.Wrn(70, 16).Cost(32, 32);

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.Equal(created, DisposeScopeManager.Statistics.CreatedOutsideScopeCount + DisposeScopeManager.Statistics.CreatedInScopeCount);
    }

    [Fact]
    public void Cost_Parts_CarryTheShapesOfTheForwardPass()
    {
        NetworkCost cost = WideResNetSpec.Wrn(28, 10).Cost(32, 32);

        Assert.Equal([("stem", 16, 32), ("stage 1", 160, 32), ("stage 2", 320, 16), ("stage 3", 640, 8), ("head", 10, 1)],
            cost.Parts.Select(part => (part.Name, part.Channels, part.Height)));
    }

    [Theory]
    [InlineData(0, 32)]
    [InlineData(32, -1)]
    public void Cost_NoImage_IsRefused(int height, int width) => Assert.Throws<ArgumentOutOfRangeException>(() => WideResNetSpec.Wrn(16, 1).Cost(height, width));

    [Fact]
    public void Cost_ImageTooLargeForANumber_IsRefusedWithoutOverflow() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => WideResNetSpec.Wrn(28, 10).Cost(int.MaxValue, int.MaxValue));
}
