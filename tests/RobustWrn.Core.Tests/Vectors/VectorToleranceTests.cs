using System.Text.Json;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

/// <summary>The comparison with stored numbers: what it lets pass, and that nothing passes which is no number.</summary>
public class VectorToleranceTests
{
    private static readonly VectorTolerance[] Kinds =
    [
        new("abs", 0.5), new("rel", 0.5), new("exact", 0), new("pixel_fraction", 0.5, 0.5), new("flags", 0, 2),
    ];

    public static TheoryData<string, double> NoNumbers() => new(
        from kind in Kinds from value in (double[])[double.NaN, double.PositiveInfinity, double.NegativeInfinity] select (kind.Kind, value));

    [Theory]
    [MemberData(nameof(NoNumbers))]
    public void Problem_OneValueIsNoNumber_IsTold(string kind, double value)
    {
        Tensor stored = ones(10, ScalarType.Float64), computed = stored.clone();
        computed.narrow(0, 3, 1).FillInPlace(value);
        Assert.Equal("1 of 10 values are NaN or infinite", Of(kind).Problem(stored, computed));
        Assert.Equal("10 of 10 values are NaN or infinite", Of(kind).Problem(stored, stored.FilledLike(value)));
        Assert.Equal("the stored numbers are not all finite", Of(kind).Problem(computed, stored));
    }

    [Theory]
    [InlineData("abs", 1.5, 1, true)]
    [InlineData("abs", 1.51, 1, false)]
    [InlineData("rel", 1.5, 1, true)]
    [InlineData("rel", 1.51, 1, false)]
    [InlineData("exact", 1.0000001, 1, false)]
    [InlineData("exact", 1, 10, true)]
    [InlineData("pixel_fraction", 9, 5, true)]
    [InlineData("pixel_fraction", 9, 6, false)]
    [InlineData("flags", 0, 2, true)]
    [InlineData("flags", 0, 3, false)]
    public void Problem_SoManyValuesOff_IsToldBeyondTheBound(string kind, double value, int count, bool passes)
    {
        Tensor stored = ones(10, ScalarType.Float64), computed = stored.clone();
        computed.narrow(0, 0, count).FillInPlace(value);
        Assert.Equal(passes, Of(kind).Problem(stored, computed) is null);
    }

    [Fact]
    public void Problem_AnotherShape_IsTold() => Assert.Equal("shape (10, 1), stored (10)", Of("abs").Problem(ones(10), ones(10, 1)));

    /// <summary>Every kind that the index knows is compared; the rest says of itself that it is not to be.</summary>
    [Fact]
    public void Of_EveryOutputOfTheIndex_KnowsItsKind()
    {
        using JsonDocument index = JsonDocument.Parse(File.ReadAllText(Path.Combine(VectorCase.Folder, "index.json")));
        foreach (JsonElement entry in index.RootElement.GetProperty("cases").EnumerateArray().Where(entry => entry.TryGetProperty("outputs", out _)))
        {
            foreach (JsonProperty output in entry.GetProperty("outputs").EnumerateObject())
            {
                if (output.Value.GetProperty("kind").GetString() is not ("informative" or "statistical"))
                    Assert.InRange(VectorTolerance.Of(entry, output.Name, inFloat32: false).Each, 0, 1e-2);
            }
        }
    }

    [Fact]
    public void Count_NaN_Differs()
    {
        Tensor images = rand(2, 3, 4, 4), broken = images.FilledLike(double.NaN);
        Assert.Equal(images.numel(), Differences.Count(images, broken, 1e-5));
        Assert.Equal(double.NaN, Differences.Largest(images, broken));
        Assert.Equal(0, Differences.Share(images, images, 0));
    }

    private static VectorTolerance Of(string kind) => Kinds.Single(tolerance => tolerance.Kind == kind);
}
