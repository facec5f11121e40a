using RobustWrn.Core;

namespace RobustWrn.Tests;

/// <summary>The README's example of weights, so that it compiles.</summary>
internal static class WeightsExample
{
    public static void Run()
    {
        using Classifier network = WideResNetSpec.Wrn34R.Build(seed: 0);
        WeightsReport report = NetworkWeights.Load(network, "checkpoint.pth");
        Console.WriteLine(report);                                              // which entry, prefix and names; what was left out
        NetworkWeights.Load(network, "checkpoint.pth", new WeightsOptions { Entry = "ema_state_dict", Skip = ["fc.*"] });
        NetworkWeights.Save(network, "mine.pth", new TradesNames());            // torch.load reads it, also with weights_only=True
    }
}
