using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>The largest of one logit is always the same, so a model of one logit was "20 of 20 robust, trustworthy".</summary>
public sealed class OneLogitTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Tensor _images = zeros([20, 1, 4, 4]).Plus(0.5f), _labels = zeros(20, ScalarType.Int64);

    public static TheoryData<string> Answers() => ["one logit", "no classes", "a map", "float64", "other classes at the second call"];

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Answers))]
    public void EveryMeasure_AnswerThatIsNoLogits_IsRefused(string answer)
    {
        TensorSource source = new(_images, _labels);
        LinfThreat threat = ThreatModel.Linf(0.03);
        ImagePairs pairs = new(_images, _images, _labels, threat);
        Action[] all =
        [
            () => RobustnessEvaluation.Run(Model(answer), source, threat, AttackSuite.Of("fgsm", new Fgsm())),
            () => RobustnessCurve.Measure(Model(answer), source, threat, AttackSuite.Of("fgsm", new Fgsm()), [0.01, 0.02]),
            () => new MinimalEpsilon { Attack = new Fgsm() }.Brackets(new AttackContext(Model(answer), _images, _labels, threat)).Dispose(),
            () => SensitivityAnalysis.Run(Model(answer), pairs),
            () => PerturbationStability.Measure(Model(answer), pairs),
            () => StageSensitivity.Measure(Model(answer), pairs),
            () => new Fosc().Measure(Model(answer), pairs),
            () => new LocalLipschitz().Measure(Model(answer), pairs),
        ];
        Assert.All(all, measure => Assert.StartsWith("the model must return logits", Assert.ThrowsAny<ArgumentException>(measure).Message));
    }

    private Lambda Model(string answer)
    {
        int calls = 0;
        return new Lambda(images =>
        {
            calls++;
            Tensor flat = images.flatten(1);
            return answer switch
            {
                "one logit" => flat.sum(1, keepdim: true),
                "no classes" => flat.sum(1),
                "a map" => images.narrow(1, 0, 1),
                "float64" => flat.to(ScalarType.Float64),
                _ => flat.narrow(1, 0, calls == 1 ? 3 : 2),
            };
        });
    }
}
