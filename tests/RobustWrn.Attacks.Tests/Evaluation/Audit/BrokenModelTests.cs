using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>Models whose robustness is an illusion, or whose numbers mean nothing, are caught, each by the finding that names why.</summary>
[Collection(nameof(AuditedImages))] // they share a network
[Trait("Category", "Slow")]
public sealed class BrokenModelTests(ITestOutputHelper output) : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    private static Classifier Sound => AuditedImages.Sound;

    public static TheoryData<string, AuditVerdict, string[]> Faults()
    {
        TheoryData<string, AuditVerdict, string[]> faults = [];
        faults.Add("a step function", AuditVerdict.Invalid, [ZeroGradientCheck.TypeName, NoiseStrengthCheck.TypeName, UnboundedEpsilonCheck.TypeName, BlackBoxCheck.TypeName]);
        faults.Add("quantised input", AuditVerdict.Invalid, [ZeroGradientCheck.TypeName, NoiseStrengthCheck.TypeName, UnboundedEpsilonCheck.TypeName]);
        faults.Add("a softmax head", AuditVerdict.Suspect, [ProbabilityOutputCheck.TypeName]);
        faults.Add("stochastic logits", AuditVerdict.Suspect, [RandomizedOutputCheck.TypeName]);
        faults.Add("gradients that turn round beyond the image", AuditVerdict.Suspect, [SingleStepCheck.TypeName]);
        faults.Add("a normalisation that eval() does not reach", AuditVerdict.Invalid, [TrainingModeCheck.TypeName, TestTimeOptimizationCheck.TypeName]);
        faults.Add("a module that stays in training mode", AuditVerdict.Suspect, [TrainingModeCheck.TypeName]);
        faults.Add("optimisation at test time", AuditVerdict.Suspect, [TestTimeOptimizationCheck.TypeName]);
        faults.Add("optimisation at test time by a part that it hides", AuditVerdict.Suspect, [TestTimeOptimizationCheck.TypeName]);
        faults.Add("weights that change when asked", AuditVerdict.Invalid, [TestTimeOptimizationCheck.TypeName]);
        faults.Add("no answer for a black image", AuditVerdict.Suspect, [PixelRangeCheck.TypeName]);
        return faults;
    }

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Faults))]
    public void Run_BrokenModel_IsCaughtByName(string fault, AuditVerdict verdict, string[] checks)
    {
        AuditReport report = Audit(Build(fault), AuditedImages.Pgd20);

        Assert.Superset(checks.ToHashSet(), report.Findings.Select(finding => finding.Check).ToHashSet());
        Assert.Equal(verdict, report.Verdict);
    }

    /// <summary>At 1e4 slopes are exactly zero, at 200 for some; what the others have left is below what float32 has digits for.</summary>
    [Theory]
    [InlineData(1e4)]
    [InlineData(200)]
    public void Run_SaturatedLogitsUnderALossOfTheUser_IsInvalidAndFallsToTheMargin(double scale)
    {
        AttackSuite plain = AttackSuite.Of("plain", new Pgd { Loss = new PlainCrossEntropy() });
        AuditReport report = Audit(new Lambda(images => Sound.call(images).Times(scale)), plain);

        Assert.Contains((ZeroGradientCheck.TypeName, AuditVerdict.Invalid), report.Findings.Select(finding => (finding.Check, finding.Severity)));
        if (scale == 1e4)
            Assert.Contains(report.Findings, finding => finding.Check == MarginAscentCheck.TypeName);
    }

    /// <summary>
    /// The library's own cross-entropy does not saturate: it becomes the margin, and as many images fall as to the margin of the network
    /// itself. The audit has nothing to find.
    /// </summary>
    [Fact]
    public void Run_SaturatedLogitsUnderPgd_FallAsTheNetworkItselfDoes()
    {
        TensorSource images = AuditedImages.Draw("test", 256);
        RobustnessResult sound = RobustnessEvaluation.Run(Sound, images, AuditedImages.Threat, AttackSuite.Of("margin", new CwLinf()));
        EvaluationOptions whole = new() { Audit = new EvaluationAudit { Share = 0.5 } };
        RobustnessResult saturated = RobustnessEvaluation.Run(Build("saturated logits"), images, AuditedImages.Threat, AuditedImages.Pgd20, whole);

        Assert.InRange(saturated.Robust.Hits, 1, sound.Robust.Hits + 5);
        Assert.Empty(saturated.Audit!.Findings);
    }

    /// <summary>
    /// A gradient of 1e-35 is not zero, but what it is made of has no digits: a tenth of the pixels' slopes are subnormal.
    /// </summary>
    [Fact]
    public void Run_LogitsOfAVanishingScale_SaysThatNothingIsLeftOfTheGradient()
    {
        AuditReport report = Audit(new Lambda(images => Sound.call(images).Times(1e-36)), AuditedImages.Pgd20, images: 128);

        Assert.Contains((ZeroGradientCheck.TypeName, AuditVerdict.Invalid), report.Findings.Select(finding => (finding.Check, finding.Severity)));
    }

    [Fact]
    public void Run_SaturatedLogitsUnderAutoAttack_NamesTheLossThatIsDeadAndNoOther()
    {
        AttackSuite suite = AuditedImages.ShortAutoAttack;
        suite = suite with { Attacks = [new Apgd { Steps = 5, Loss = new PlainCrossEntropy() }, .. suite.Attacks.Skip(1)] };
        AuditReport report = Audit(Build("saturated logits"), suite, images: 128);

        AuditFinding finding = report.Findings.First(finding => finding.Check == ZeroGradientCheck.TypeName);
        Assert.Contains(PlainCrossEntropy.TypeName, finding.Value);
        Assert.Equal(AuditVerdict.Suspect, finding.Severity);
    }

    [Fact]
    public void Run_StochasticLogitsUnderAveragingAttacks_IsNoFindingAndSaysWhy()
    {
        AttackSuite suite = AttackSuite.Of("EOT", new ExpectationOverTransformation { Attack = new Pgd(), Draws = 4 });
        AuditReport report = Audit(Build("stochastic logits"), suite, images: 128);

        Assert.DoesNotContain(report.Findings, finding => finding.Check == RandomizedOutputCheck.TypeName);
        Assert.Contains("average over its draws", Assert.Single(report.NotMade, gap => gap.Check == RandomizedOutputCheck.TypeName).Reason);
    }

    [Fact]
    public void Run_SurrogateWithoutTheFault_TransfersBetter()
    {
        AuditReport report = Audit(Build("quantised input"), AuditedImages.Pgd20, surrogate: Sound);
        Assert.Contains(report.Findings, finding => finding.Check == TransferCheck.TypeName);
        Assert.Contains("no surrogate was given", Audit(Build("a softmax head"), AuditedImages.Pgd20).NotMade.Single(gap => gap.Check == TransferCheck.TypeName).Reason);
    }

    [Fact]
    public void Run_ThreatThatToleratesTooMuch_IsInvalid()
    {
        LooseThreat threat = new() { Epsilon = 12.0 / 255 };
        RobustnessResult result = RobustnessEvaluation.Run(Sound, AuditedImages.Draw("test", 32), threat, AttackSuite.Of("far", new Fgsm()));

        AuditFinding finding = Assert.Single(result.Audit!.Findings, finding => finding.Check == BallCheck.TypeName);
        Assert.Equal(AuditVerdict.Invalid, result.Audit.Verdict);
        Assert.Contains("at most 0.0470588 in linf, got one that FGSM moved 0.07058", finding.Message);
        Assert.Equal(18.0 / 255, result.Attacks[0].Farthest!.Value, 1e-6);
    }

    [Fact]
    public void Run_NormOfAnotherName_SaysThatItIsNotMeasured()
    {
        RobustnessResult result = RobustnessEvaluation.Run(Sound, AuditedImages.Draw("test", 32), new LooseThreat { Epsilon = 12.0 / 255, Called = "mine" }, AttackSuite.Of("far", new Fgsm()));
        Assert.Contains("\"mine\"", Assert.Single(result.Audit!.NotMade, gap => gap.Check == BallCheck.TypeName).Reason);
    }

    /// <summary>
    /// The lead is a cosine of how far an image went along a pattern. With a period of the radius, ten steps of a quarter of it end in a valley, and of half of it, in the ball of twice the
    /// radius, on a hill; with a period of half the radius the first step ends in a valley and the tenth on a hill.
    /// </summary>
    [Theory]
    [InlineData(1.0, EpsilonMonotonicityCheck.TypeName)]
    [InlineData(0.5, StepMonotonicityCheck.TypeName)]
    public void Run_ModelThatRecoversFartherAway_IsNotMonotone(double period, string check)
    {
        const double epsilon = 0.1;
        Tensor pattern = where(ScalarArithmetic.Counting(16).Modulo(2).IsEqualTo(0), ones(16, ScalarType.Float64), ones(16, ScalarType.Float64).neg()).Over(16);
        Lambda waves = new(images => stack([images.flatten(1).matmul(pattern).Times(2 * Math.PI / (period * epsilon)).Plus(0.1).cos(), zeros(images.shape[0], ScalarType.Float64)], 1));
        TensorSource images = new(zeros([512, 1, 4, 4], ScalarType.Float64).Plus(0.5), zeros(512, ScalarType.Int64));

        RobustnessResult result = RobustnessEvaluation.Run(waves, images, ThreatModel.Linf(epsilon), AuditedImages.Pgd20, new EvaluationOptions { Audit = new EvaluationAudit { Share = 0.5 } });

        output.WriteLine($"clean {result.Clean}, robust {result.Robust}\n{result.Audit}\n{string.Join('\n', result.Audit!.NotMade)}");
        Assert.StartsWith("got 0 of ", Assert.Single(result.Audit.Findings, finding => finding.Check == check).Value);
    }

    [Fact]
    public void Run_BlackBoxAttackInTheSuite_IsHeldAgainstTheGradientAttacksBeforeIt()
    {
        AttackSuite square = AttackSuite.Of("both", new Pgd(), new Square { Queries = 100, ScaleSchedule = true }), before = square with { Attacks = [square.Attacks[1], square.Attacks[0]] };

        AuditFinding finding = Assert.Single(Audit(Build("quantised input"), square).Findings, finding => finding.Check == BlackBoxCheck.TypeName);
        Assert.Contains(" of 256 images, ", finding.Value);
        // What came first found what it found; that says nothing of those after it, and the audit asks what is left itself.
        Assert.DoesNotContain(Audit(Build("a softmax head"), before).Findings, finding => finding.Check == BlackBoxCheck.TypeName);
    }

    private AuditReport Audit(nn.Module<Tensor, Tensor> model, AttackSuite suite, int images = 256, nn.Module<Tensor, Tensor>? surrogate = null)
    {
        RobustnessResult result = RobustnessEvaluation.Run(model, AuditedImages.Draw("test", images), AuditedImages.Threat, suite, new EvaluationOptions { BlockSize = 256, Surrogate = surrogate, Audit = new EvaluationAudit { Share = 0.5 } }); // every check can be made
        output.WriteLine($"clean {result.Clean}, robust {result.Robust}\n{result.Audit}\n{string.Join('\n', result.Audit!.NotMade)}");
        return result.Audit;
    }

    private static nn.Module<Tensor, Tensor> Build(string fault)
    {
        long calls = 0;
        return fault switch
        {
            "a step function" => new Lambda(images => Sound.call(images.Minus(0.5).sign().Times(0.15).Plus(0.5))),
            "quantised input" => new Lambda(images => Sound.call(images.Times(8.0).round().Over(8))),
            "a softmax head" => new Lambda(images => nn.functional.softmax(Sound.call(images), 1)),
            "stochastic logits" => new Lambda(images => Sound.call(images).Plus(RandomStream.From(calls++).Normal([.. Enumerable.Range(0, (int)images.shape[0]).Select(i => (long)i)], [AuditedImages.Classes]).Times(0.05))),
            "saturated logits" => new Lambda(images => Sound.call(images).Times(1e4)),
            "gradients that turn round beyond the image" => new Lambda(TurningRound),
            "a normalisation that eval() does not reach" => new HiddenNormalization(Sound),
            "a module that stays in training mode" => new StubbornModel(Sound),
            "optimisation at test time" => new PurifyingModel(Sound, named: true),
            "optimisation at test time by a part that it hides" => new PurifyingModel(Sound, named: false),
            "weights that change when asked" => new DriftingModel(Sound),
            "no answer for a black image" => new Lambda(images => Sound.call(images) * (images.flatten(1).sum(1, keepdim: true) / images.flatten(1).sum(1, keepdim: true))),
            _ => throw new ArgumentOutOfRangeException(nameof(fault)),
        };
    }

    // The right answers, with gradients that only an image on the grid of 8 bits gets right.
    private static Tensor TurningRound(Tensor images)
    {
        Tensor logits = Sound.call(images), levels = images.detach().Times(255.0);
        Tensor sign = where((levels - levels.round()).abs().flatten(1).amax([1]).IsBelow(1e-3), ones(images.shape[0]), ones(images.shape[0]).neg()).unsqueeze(1);
        return logits.detach().Plus(sign * (logits - logits.detach()));
    }
}
