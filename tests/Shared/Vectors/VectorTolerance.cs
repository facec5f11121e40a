using System.Text.Json;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Testing;

/// <summary>
/// How far an output may be from the stored one, by the index of the vectors. NaN and infinities differ from every number.
/// </summary>
/// <param name="Kind">What is bounded: <c>abs</c>, <c>rel</c>, <c>exact</c>, <c>pixel_fraction</c> or <c>flags</c>.</param>
/// <param name="Each">How far one value may be off before it counts as different.</param>
/// <param name="Differing">How many values may differ: a share for pixels, a number for flags.</param>
internal sealed record VectorTolerance(string Kind, double Each, double Differing = 0)
{
    /// <summary>The rule of one output.</summary>
    /// <param name="entry">The file's entry in the index.</param>
    /// <param name="output">The output's name in the file.</param>
    /// <param name="inFloat32">Whether it was computed in float32, which the index allows more for.</param>
    public static VectorTolerance Of(JsonElement entry, string output, bool inFloat32)
    {
        if (entry.TryGetProperty("tolerance", out JsonElement all)) // one for the whole file
            return new("abs", all.GetProperty(inFloat32 ? "float32" : "float64").GetDouble());
        JsonElement rule = entry.GetProperty("outputs").GetProperty(output);
        string kind = rule.GetProperty("kind").GetString()!;
        if (kind == "pixel_fraction" && inFloat32 && rule.TryGetProperty("if_computed_in_float32", out JsonElement hint))
            rule = hint;
        return kind switch
        {
            "abs" => new(kind, Number(inFloat32 && rule.TryGetProperty("atol_if_computed_in_float32", out _) ? "atol_if_computed_in_float32" : "atol")),
            "rel" => new(kind, Number("rtol")),
            "exact" => new(kind, 0),
            "pixel_fraction" => new(kind, Number("pixel_atol"), Number("max_fraction_differing")),
            "flags" => new(kind, 0, Number("max_differences")),
            _ => throw new NotSupportedException($"{output}: unknown kind of tolerance {kind}"),
        };

        double Number(string name) => rule.GetProperty(name).GetDouble();
    }

    /// <summary>What is wrong, or null.</summary>
    public string? Problem(Tensor stored, Tensor computed)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor expected = stored.detach().to(ScalarType.Float64), given = computed.detach().to(ScalarType.Float64);
        if (!expected.shape.SequenceEqual(given.shape))
            return $"shape ({string.Join(", ", given.shape)}), stored ({string.Join(", ", expected.shape)})";
        if (!expected.isfinite().all().item<bool>())
            return "the stored numbers are not all finite";
        long infinite = given.isfinite().logical_not().sum().WholeNumber();
        if (infinite > 0)
            return $"{infinite} of {given.numel()} values are NaN or infinite";
        Tensor difference = (expected - given).abs();
        double largest = difference.max().Number();
        if (Kind is "pixel_fraction" or "flags")
        {
            double differing = Differences.Count(expected, given, Each), allowed = Kind == "flags" ? Differing : Differing * expected.numel();
            return differing <= allowed ? null : $"{differing} of {expected.numel()} values differ, allowed {allowed:g4} (largest difference {largest:g4})";
        }
        Tensor bound = Kind == "rel" ? expected.abs().Times(Each) : expected.FilledLike(Each);
        return difference.le(bound).all().item<bool>() ? null : $"largest difference {largest:g4}, allowed {Each:g4}{(Kind == "rel" ? " of the value" : "")}";
    }
}
