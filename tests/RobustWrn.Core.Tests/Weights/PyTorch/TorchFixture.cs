using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

/// <summary>The files that a real PyTorch wrote (tests/Fixtures/weights/make.py), and the numbers they hold.</summary>
internal static class TorchFixture
{
    /// <summary>The network of make.py.</summary>
    public static WideResNetSpec Spec { get; } = WideResNetSpec.Of(stem: 4, depths: [1, 2], widths: [4, 6]) with { Classes = 5 };

    public static string Path(string name) => System.IO.Path.Combine(AppContext.BaseDirectory, "Fixtures", "weights", name + ".pth");

    public static void AssertGivesTheLogitsOfPyTorch(Classifier classifier, double scale = 1)
    {
        using DisposeScope scope = NewDisposeScope();
        using NamedTensors expected = PyTorchFile.Read(Path("network_expected"));
        classifier.eval();
        double largest = (classifier.call(expected["x"]) - expected["logits"].Times(scale)).abs().max().item<float>();
        Assert.True(largest < 2e-5, $"logits differ by {largest:g3}");
    }

    public static double[] Values(Tensor tensor)
    {
        using DisposeScope scope = NewDisposeScope();
        return tensor.to(ScalarType.Float64).contiguous().data<double>().ToArray();
    }
}
