using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>What cannot be measured is refused with rule, value and remedy.</summary>
public sealed class ImagePairsTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly ImagePairs _pairs;

    public ImagePairsTests() => _pairs = new(zeros([2, 1, 2, 2], ScalarType.Float64).Plus(0.5), zeros([2, 1, 2, 2], ScalarType.Float64).Plus(0.55), zeros(2, ScalarType.Int64), ThreatModel.Linf(0.1));

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void ThrowIfInvalid_GoodPairs_Returns() => _pairs.ThrowIfInvalid();

    [Fact]
    public void ThrowIfInvalid_FartherThanTheThreat_NamesTheImageAndBothLengths()
    {
        Tensor moved = _pairs.Perturbed.clone();
        moved[1, 0, 1, 1] = zeros([], ScalarType.Float64).Plus(0.75);
        Assert.StartsWith("perturbed images must lie within 0.1 of the images in linf, got 0.25 for image 1. Give the threat they were made under",
            Refusal(_pairs with { Perturbed = moved }));
    }

    [Fact]
    public void ThrowIfInvalid_OtherShape_NamesBoth() =>
        Assert.StartsWith("perturbed images must have the shape and dtype of the images, (2, 1, 2, 2) Float64, got (1, 1, 2, 2) Float64.",
            Refusal(_pairs with { Perturbed = zeros([1, 1, 2, 2], ScalarType.Float64).Plus(0.5) }));

    [Fact]
    public void ThrowIfInvalid_PixelsOutsideTheBox_SaysWhichRange()
    {
        Assert.StartsWith("pixels must lie in [0, 1], got values from 1.5 to 1.5.", Refusal(_pairs with { Perturbed = zeros([2, 1, 2, 2], ScalarType.Float64).Plus(1.5) }));
        Assert.StartsWith("pixels must lie in [0, 1]", Refusal(_pairs with { Images = zeros([2, 1, 2, 2], ScalarType.Float64).Plus(double.NaN) }));
    }

    [Fact]
    public void ThrowIfInvalid_LabelsOfAnotherCount_SaysHowMany() =>
        Assert.StartsWith("labels must be int64 (N), one for each of the 2 images", Refusal(_pairs with { Labels = zeros(3, ScalarType.Int64) }));

    [Fact]
    public void Measure_LabelWithoutALogit_IsRefused()
    {
        Lambda model = new(images => images.flatten(1));
        Assert.StartsWith("labels must lie in [0, 4)", Assert.Throws<ArgumentException>(
            () => new LocalLipschitz().Measure(model, _pairs with { Labels = tensor(new long[] { 4, 4 }) })).Message);
    }

    [Fact]
    public void Measure_ShortFloats_AreRefusedWithTheRemedy()
    {
        Lambda model = new(images => images.flatten(1));
        ImagePairs halves = _pairs with { Images = _pairs.Images.to(ScalarType.BFloat16), Perturbed = _pairs.Images.to(ScalarType.BFloat16) };
        Assert.Contains("must be float32 or float64, got (2, 1, 2, 2) BFloat16",
            Assert.Throws<ArgumentException>(() => new LocalLipschitz().Measure(model, halves)).Message);
    }

    private static string Refusal(ImagePairs pairs) => Assert.Throws<ArgumentException>(pairs.ThrowIfInvalid).Message;
}
