using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Tests;

/// <summary>The README's example of devices, which a test runs.</summary>
internal static class DeviceExample
{
    public static void Run()
    {
        Device device = new("cuda:0");
        foreach (Problem problem in TorchRuntime.DeviceProblems(device))
            Console.WriteLine(problem);     // which devices there are, and what to do
        using Classifier network = WideResNetSpec.Wrn(10, 1).Build(seed: 0, cuda.is_available() ? device : CPU);
    }
}
