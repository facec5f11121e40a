using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

public sealed class BFloat16SearchTests
{
    private static readonly LinfThreat Threat = ThreatModel.Linf(8, outOf: 255);

    /// <summary>The same attacks on the reference network: nearly the same verdicts, each success one of the float32 model, and no standard claimed.</summary>
    [Fact]
    public void Run_SearchInBFloat16_AgreesAndSaysSo()
    {
        using VectorCase vectors = VectorCase.Open("autoattack_standard_200");
        using Classifier classifier = vectors.BuildModel(ScalarType.Float32);
        TensorSource images = new(vectors["in.images_u8"].narrow(0, 0, 12).to(ScalarType.Float32).Over(255), vectors["in.y"].narrow(0, 0, 12));
        AttackSuite suite = AttackSuite.Of("short AutoAttack", new Apgd { Steps = 4 }, new TargetedApgd { Steps = 3, TargetClasses = 1 }, new TargetedFab { Steps = 3, TargetClasses = 1 },
            new Square { Queries = 5, InitialShare = 0.05 });
        EvaluationOptions options = new() { Audit = null, KeepAdversarialImages = true };

        RobustnessResult exact = RobustnessEvaluation.Run(classifier, images, Threat, suite, options);
        RobustnessResult searched = RobustnessEvaluation.Run(classifier, images, Threat, suite, options with { SearchesInBFloat16 = true });

        using AdversarialImages one = exact.Adversarial!, other = searched.Adversarial!;
        Assert.InRange(exact.Examples.Zip(searched.Examples).Count(pair => pair.First.Robust != pair.Second.Robust), 0, 2);
        Assert.InRange(searched.Robust.Hits, 1, searched.Clean.Hits - 1);
        Assert.NotEqual(0, (one.Images - other.Images).abs().max().Number()); // it did search elsewhere
        Assert.Equal(searched.Robust, other.Replay(classifier).Correct);
        Assert.Contains(searched.Notices, notice => notice.Contains("bfloat16", StringComparison.Ordinal));
        Assert.Empty(exact.Notices);
    }

    [Fact]
    public void Run_StandardSearchedInBFloat16_ConformsToNothing()
    {
        using Classifier classifier = WideResNetSpec.Of(2, [1], [3]).Build(0);
        TensorSource wrong = new(zeros(1, 3, 8, 8), classifier.call(zeros(2, 3, 8, 8)).argmax(1).narrow(0, 0, 1).IsEqualTo(0).to(ScalarType.Int64));
        EvaluationOptions options = new() { Audit = null };

        Assert.NotNull(RobustnessEvaluation.Run(classifier, wrong, Threat, AttackSuite.AutoAttack, options).Conformance);
        Assert.Null(RobustnessEvaluation.Run(classifier, wrong, Threat, AttackSuite.AutoAttack, options with { SearchesInBFloat16 = true }).Conformance);
    }

    [Fact]
    public void Run_ModelThatCannotBeShortened_IsRefusedBeforeAnythingIsComputed()
    {
        using LinearModel model = LinearModel.TwoClasses(12);
        TensorSource images = new(zeros(1, 3, 2, 2), zeros(1, ScalarType.Int64));

        InvalidDescriptionException refused = Assert.Throws<InvalidDescriptionException>(() =>
            RobustnessEvaluation.Run(model, images, Threat, AttackSuite.AutoAttack, new EvaluationOptions { SearchesInBFloat16 = true }));

        Assert.Contains("SearchesInBFloat16", refused.Message, StringComparison.Ordinal);
    }
}
