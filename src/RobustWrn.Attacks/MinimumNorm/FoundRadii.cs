using System.Globalization;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>Radii or distances at which attacks succeed, as one short text.</summary>
internal static class FoundRadii
{
    /// <param name="found">One number an image, infinite where nothing was found.</param>
    /// <param name="name">What the numbers are.</param>
    public static string Text(Tensor found, string name)
    {
        if (found.IsInvalid)
            return "disposed";
        using DisposeScope scope = NewDisposeScope();
        double[] finite = [.. found.to(ScalarType.Float64).cpu().contiguous().data<double>().ToArray().Where(double.IsFinite).Order()];
        string text = $"succeeded on {new Proportion(finite.Length, found.numel())}";
        return finite.Length == 0 ? text : string.Create(CultureInfo.InvariantCulture,
            $"{text}, median {name} {finite[finite.Length / 2]:g4}, from {finite[0]:g4} to {finite[^1]:g4}");
    }
}
