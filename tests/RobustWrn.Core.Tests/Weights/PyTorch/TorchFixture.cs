using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

/// <summary>The files that a real PyTorch wrote (tests/Fixtures/weights/make.py), and the numbers they hold.</summary>
internal static class TorchFixture
{
    /// <summary>The network of make.py.</summary>
    public static WideResNetSpec Spec { get; } = WideResNetSpec.Of(stem: 4, depths: [1, 2], widths: [4, 6]) with { Classes = 5 };

    public static string Path(string name) => System.IO.Path.Combine(AppContext.BaseDirectory, "Fixtures", "weights", name + ".pth");

    /// <summary>In float64, which is the same on every processor: what is left is the rounding of the float32 run that made the file.</summary>
    public static void AssertGivesTheLogitsOfPyTorch(Classifier classifier, double scale = 1)
    {
        using DisposeScope scope = NewDisposeScope();
        using NamedTensors expected = PyTorchFile.Read(Path("network_expected"));
        classifier.eval();
        classifier.to(ScalarType.Float64);
        Tensor logits = classifier.call(expected["x"].to(ScalarType.Float64));
        classifier.to(ScalarType.Float32);
        double largest = (logits - expected["logits"].to(ScalarType.Float64).Times(scale)).abs().max().item<double>();
        Assert.True(largest < 2e-5, $"logits differ by {largest:g3}");
    }

    public static double[] Values(Tensor tensor)
    {
        using DisposeScope scope = NewDisposeScope();
        return tensor.to(ScalarType.Float64).contiguous().data<double>().ToArray();
    }
}
