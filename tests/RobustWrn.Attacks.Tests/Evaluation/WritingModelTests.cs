using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>A model that writes into its input gets the verdicts of the same model that does not, everywhere, and nobody's images change.</summary>
public sealed class WritingModelTests : IDisposable
{
    private static readonly LinfThreat Threat = ThreatModel.Linf(0.05);
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Tensor _images, _labels, _before;
    private readonly LinearModel _sound;

    public WritingModelTests()
    {
        _images = RandomStream.From(1).Uniform([.. Enumerable.Range(0, 20)], [1, 4, 4]).Times(0.5).Plus(0.25);
        _sound = LinearModel.TwoClasses(16, shift: -LinearModel.TwoClasses(16).call(_images).select(1, 1).mean().Number());
        _labels = _sound.call(_images).argmax(1);
        _before = _images.clone();
    }

    public static TheoryData<string> Ways() => ["fills", "in place under no_grad", "through a view", "in place with a graph", "from the second call on", "disposes"];

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Ways))]
    public void Run_EvaluationWithAudit_GivesTheVerdictsOfTheSoundModel(string way)
    {
        AttackSuite suite = AttackSuite.Of("two", new Pgd { Steps = 5 }, new Square { Queries = 20 });
        RobustnessResult expected = RobustnessEvaluation.Run(_sound, Source(), Threat, suite), actual = RobustnessEvaluation.Run(Writing(way), Source(), Threat, suite);
        Assert.Equal(expected.Examples, actual.Examples);
        Assert.Equal(expected.Audit!.Verdict, actual.Audit!.Verdict);
        Assert.InRange(expected.Robust.Hits, 1, 19);
        AssertUnchanged();
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Brackets_SmallestEpsilon_AreThoseOfTheSoundModel(string way)
    {
        MinimalEpsilon attack = new() { Attack = new Fgsm(), Tolerance = 0.1 };
        using EpsilonBrackets expected = attack.Brackets(Context(_sound)), actual = attack.Brackets(Context(Writing(way)));
        Assert.True(expected.Succeeded.eq(actual.Succeeded).all().item<bool>() && expected.Images.eq(actual.Images).all().item<bool>());
        AssertUnchanged();
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Run_Sensitivity_MeasuresThePairsAsTheyAre(string way)
    {
        Tensor perturbed = new Pgd { Steps = 2 }.Perturb(Context(_sound)), kept = perturbed.clone();
        ImagePairs pairs = new(_images, perturbed, _labels, Threat);
        SensitivityOptions options = new() { SpectralNorms = null };
        SensitivityReport expected = SensitivityAnalysis.Run(_sound, pairs, options), actual = SensitivityAnalysis.Run(Writing(way), pairs, options);
        Assert.Equal(expected.Measurements, actual.Measurements);
        Assert.Equal(expected.Stages, actual.Stages);
        Assert.Equal(expected.Stability, PerturbationStability.Measure(Writing(way), pairs));
        Assert.True(perturbed.eq(kept).all().item<bool>());
        AssertUnchanged();
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Perturb_TransferFromAWritingSurrogate_FindsTheSame(string way)
    {
        AttackContext context = Context(_sound) with { Surrogate = _sound };
        using Tensor expected = new Transfer().Perturb(context), actual = new Transfer().Perturb(Context(Writing(way)) with { Surrogate = Writing(way) });
        Assert.True(expected.eq(actual).all().item<bool>());
        AssertUnchanged();
    }

    /// <summary>The example that many people write: normalisation in place. Its gradient is the right one, as that of a copy.</summary>
    [Fact]
    public void Gradient_NormalisationInPlace_IsThatOfACopy()
    {
        using AttackedModel inPlace = new(new Lambda(images => _sound.call(images.PlusInPlace(-0.5).TimesInPlace(4)))), plain = new(new Lambda(images => _sound.call(images.Minus(0.5).Times(4))));
        AttackGoal goal = new(_labels);
        Assert.True(inPlace.Gradient(_images, new CrossEntropy(), goal).eq(plain.Gradient(_images, new CrossEntropy(), goal)).all().item<bool>());
        Assert.True(inPlace.Logits(_images).eq(plain.Logits(_images)).all().item<bool>());
        AssertUnchanged();
    }

    /// <summary>Between its layers no copy helps: what the gradient needs is overwritten. Then the reason is given in words.</summary>
    [Fact]
    public void Gradient_ActivationOverwrittenBetweenLayers_IsRefusedInWords()
    {
        using AttackedModel attacked = new(new Lambda(images =>
        {
            Tensor flat = images.flatten(1), squared = flat.Squared();
            flat.detach().FillInPlace(0);
            return squared.narrow(1, 0, 2);
        }));
        InvalidOperationException refusal = Assert.Throws<InvalidOperationException>(() => attacked.Gradient(_images, logits => logits.sum()));
        Assert.StartsWith("a model must not change a tensor in place that its gradient needs", refusal.Message);
        AssertUnchanged();
    }

    [Fact]
    public void Logits_ModelThatReturnsItsInputOrWhatItKeeps_GivesTensorsThatAreTheCallers()
    {
        Tensor kept = ones(20, 2);
        using AttackedModel alias = new(new Lambda(images => images.flatten(1))), keeper = new(new Lambda(_ => kept));
        alias.Logits(_images).FillInPlace(7);
        using (DisposeScope inner = NewDisposeScope())
            keeper.Logits(_images).Dispose();
        Assert.False(kept.IsInvalid);
        AssertUnchanged();
    }

    private void AssertUnchanged() => Assert.True(_images.eq(_before).all().item<bool>(), "the caller's images changed");

    private TensorSource Source() => new(_images, _labels);

    private AttackContext Context(nn.Module<Tensor, Tensor> model) => new(model, _images, _labels, Threat);

    private Lambda Writing(string way)
    {
        int calls = 0;
        return new Lambda(images =>
        {
            using Tensor own = images.clone();
            Tensor logits = _sound.call(own);
            calls++;
            using IDisposable guard = way == "in place with a graph" ? enable_grad(is_grad_enabled()) : no_grad();
            switch (way)
            {
                case "fills" or "in place with a graph":
                    images.FillInPlace(0.9);
                    break;
                case "in place under no_grad":
                    images.PlusInPlace(0.2);
                    break;
                case "through a view":
                    images[0].flatten().narrow(0, 0, 4).FillInPlace(1);
                    break;
                case "from the second call on":
                    if (calls > 1)
                        images.TimesInPlace(0);
                    break;
                default:
                    images.Dispose();
                    break;
            }
            return logits;
        });
    }
}
