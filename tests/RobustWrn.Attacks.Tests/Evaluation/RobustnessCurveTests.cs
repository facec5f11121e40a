using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

public sealed class RobustnessCurveTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly string _folder = TestFolder.Make();

    public void Dispose()
    {
        _scope.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>
    /// A linear model under Linf: FGSM reaches the best corner, so an image falls exactly from the radius margin / ||w_y - w_other||_1 on. Pixels stay far from 0 and 1.
    /// </summary>
    [Fact]
    public void Measure_LinearModel_FallsExactlyWhereTheClosedFormSays()
    {
        using LinearModel model = LinearModel.TwoClasses(12, dtype: ScalarType.Float64);
        Tensor images = RandomStream.From(4).Uniform([.. Enumerable.Range(0, 40).Select(i => (long)i)], [3, 2, 2]).to(ScalarType.Float64).Times(0.2).Plus(0.4);
        Tensor logits = model.call(images);
        Tensor labels = logits.argmax(1);
        using IDisposable guard = no_grad();
        Tensor weight = model.Weight;
        double slope = (weight[0] - weight[1]).abs().sum().Number();
        double[] distance = [.. (logits.select(1, 0) - logits.select(1, 1)).abs().data<double>().Select(margin => margin / slope)];
        double[] radii = [.. distance.Order().Where((_, i) => i % 8 == 4).Select(radius => radius * 1.0001).Where(radius => radius < 0.3)];

        RobustnessCurve curve = RobustnessCurve.Measure(model, new TensorSource(images, labels), ThreatModel.Linf(0.5), AttackSuite.Of("FGSM", new Fgsm()), radii,
            new EvaluationOptions { BlockSize = 7, JournalFolder = _folder });

        Assert.NotEmpty(radii);
        Assert.Equal(new Proportion(40, 40), curve.Clean);
        Assert.Equal(radii, curve.Points.Select(point => point.Epsilon));
        Assert.All(curve.Points, point => Assert.Equal(distance.Count(of => of > point.Epsilon), point.Robust.Hits));
        Assert.All(curve.Examples, example => Assert.Equal(radii.Where(radius => radius > distance[example.Index]).Select(radius => (double?)radius).FirstOrDefault(), example.FellAt));
        Assert.Equal(radii.Length, Directory.GetDirectories(_folder).Length);
        Assert.StartsWith("   epsilon  robust accuracy\n         0  100.0 %", curve.ToTable());
    }

    [Fact]
    public void Measure_ImpossibleRadii_AreAllReported()
    {
        using LinearModel model = LinearModel.TwoClasses(12, dtype: ScalarType.Float64);
        TensorSource source = new(ones(1, 3, 2, 2), zeros(1, ScalarType.Int64));

        InvalidDescriptionException refused = Assert.Throws<InvalidDescriptionException>(() =>
            RobustnessCurve.Measure(model, source, ThreatModel.Linf(0.5), AttackSuite.Of("FGSM", new Fgsm()), [-1, 0, 0.1], new EvaluationOptions { KeepAdversarialImages = true }));

        Assert.Equal(3, refused.Problems.Count);
        Assert.Throws<InvalidDescriptionException>(() => RobustnessCurve.Measure(model, source, ThreatModel.Linf(0.5), AttackSuite.Of("FGSM", new Fgsm()), []));
    }
}
