using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>Every number that the authors' analysis code gave for a small network, in float64 and in float32.</summary>
[Trait("Category", VectorRun.Category)]
public sealed class StabilityVectorTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly VectorCase _vector = VectorCase.Open("analysis_lipschitz_fosc"), _network = VectorCase.Open("small_net");

    public static TheoryData<ScalarType, string> Types() => new() { { ScalarType.Float64, "f64" }, { ScalarType.Float32, "f32" } };

    public void Dispose()
    {
        _vector.Dispose();
        _network.Dispose();
        _scope.Dispose();
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void LocalLipschitz_PublishedPairs_GivesEveryPublishedMeanAndSum(ScalarType dtype, string run)
    {
        using Classifier model = _network.BuildModel(dtype);
        int compared = 0;
        foreach ((string top, IOutputDistance output) in new (string, IOutputDistance)[]
        {
            ("1", new LogitDistance()), ("2", new LogitDistance { Norm = VectorNorm.L2 }), ("inf", new LogitDistance { Norm = VectorNorm.Linf }), ("kl", new PredictionDivergence()),
        })
        {
            foreach ((string bottom, IVectorNorm input) in new[] { ("inf", VectorNorm.Linf), ("2", VectorNorm.L2) })
            {
                SampleSummary found = SampleSummary.Of(new LocalLipschitz { Output = output, Input = input }.Measure(model, Pairs(dtype), blockSize: 3).AsSpan());
                _vector.AssertMatches($"out.{run}.local_lip.top_{top}.btm_{bottom}.mean", Number(found.Mean));
                _vector.AssertMatches($"out.{run}.local_lip.top_{top}.btm_{bottom}.sum", Number(found.Sum));
                compared += 2;
            }
        }
        Assert.Equal(_vector.Names.Count(name => name.StartsWith($"out.{run}.local_lip", StringComparison.Ordinal)), compared);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Fosc_PublishedPairs_GivesEveryPublishedNumber(ScalarType dtype, string run)
    {
        using Classifier model = _network.BuildModel(dtype);

        ValueList<double> found = new Fosc().Measure(model, Pairs(dtype), blockSize: 5);

        _vector.AssertMatches($"out.{run}.fosc", tensor(found.ToArray()));
    }

    private static Tensor Number(double value) => tensor(new[] { value }).reshape([]);

    private ImagePairs Pairs(ScalarType dtype) =>
        new(_network["in.x"].to(dtype), _vector["in.x_adv"].to(dtype), _network["in.y"].to(ScalarType.Int64), ThreatModel.Linf(_vector.Number("epsilon_fosc")));
}
