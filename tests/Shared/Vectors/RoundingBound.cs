using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Testing;

/// <summary>
/// How far rounding may carry a float32 run from the float64 run of the same thing, on any processor. A computation in float32 is an
/// exact one on numbers that are off by a few units of
/// rounding. So the float64 run, which the stored numbers hold to, is repeated on networks that are off by that much (<see cref="PutOff"/>), and
/// float32 may part from it as far as the furthest of them, times a factor for the luck of so few, or as far as the index allows, which
/// measured the authors' own code once on one processor. The bound is large only where a run itself turns on rounding.
/// </summary>
internal sealed class RoundingBound : IDisposable
{
    private const int Repetitions = 6;

    private const double Factor = 4;

    private readonly VectorCase _vectors;
    private readonly NamedTensors _exact;
    private readonly NamedTensors[] _others;

    /// <summary>Makes the runs in float64, or takes those of another test or process of this program.</summary>
    /// <param name="vectors">What is stored.</param>
    /// <param name="run">Gives every output by its stored name; told how to put its network off once that is built.</param>
    /// <param name="variant">What tells it from other runs of the same vectors.</param>
    public RoundingBound(VectorCase vectors, Func<PutOff, IReadOnlyDictionary<string, Tensor>> run, string variant = "")
    {
        _vectors = vectors;
        NamedTensors[] runs = ExactRuns.Of($"{vectors.Name} {variant}", 1 + Repetitions, i => run(new PutOff(seed: i)));
        (_exact, _others) = (runs[0], runs[1..]);
    }

    /// <summary>
    /// Checks a run in float32: continuous outputs by their largest difference, pixels by how many differ, and whole numbers exactly.
    /// </summary>
    public void AssertHolds(IReadOnlyDictionary<string, Tensor> inFloat32)
    {
        Assert.Equal(_exact.Names.Order(), inFloat32.Keys.Order());
        Assert.All(inFloat32.Keys, output => Assert.Null(Problem(output, inFloat32[output])));
    }

    /// <summary>What of a run in float32 lies beyond the bound.</summary>
    public string? Problem(string output, Tensor inFloat32)
    {
        using DisposeScope scope = NewDisposeScope();
        VectorTolerance stored = _vectors.Tolerance(output, inFloat32: true);
        if (stored.Kind == "exact")
            return stored.Problem(_vectors[output], inFloat32);
        bool pixels = stored.Kind == "pixel_fraction";
        Tensor exact = _exact[output];
        // Both parted from float64 where what is stored is the authors' own run in float32.
        Tensor? theirs = output.StartsWith("out.f32.", StringComparison.Ordinal) ? _vectors[output] : null;
        double found = Distance(theirs ?? exact, inFloat32), furthest = Furthest(pixels ? Pixels : [output]);
        double least = pixels ? Math.Max(2, stored.Differing * exact.numel()) : Math.Max(stored.Each, 4e-7 * Math.Max(1, exact.abs().max().Number()));
        double allowed = Math.Max(Factor * furthest, least) + (theirs is null ? 0 : Distance(exact, theirs));
        string told = $"{output}: {found:g4}{(pixels ? $" of {exact.numel()} pixels differ" : " away")}, allowed {allowed:g4}";
        TestContext.Current.TestOutputHelper?.WriteLine(told);
        return found <= allowed ? null : told;

        // Which images of a run part is one question for all the images that it gives back.
        double Furthest(IEnumerable<string> outputs) =>
            outputs.SelectMany(name => _others.Select(other => Distance(_exact[name], other[name]))).Aggregate(Math.Max);

        double Distance(Tensor from, Tensor to) => pixels ? Differences.Count(from, to, stored.Each) : Differences.Largest(from, to);
    }

    public void Dispose()
    {
        _exact.Dispose();
        foreach (NamedTensors other in _others)
            other.Dispose();
    }

    private IEnumerable<string> Pixels => _exact.Names.Where(output => _vectors.Tolerance(output).Kind == "pixel_fraction");
}
