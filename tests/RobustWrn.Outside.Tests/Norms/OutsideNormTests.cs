using System.Reflection;
using RobustWrn.Attacks;
using RobustWrn.Conformance.Contracts;
using RobustWrn.Conformance.Norms;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Outside.Tests;

/// <summary>
/// A norm written outside the library keeps the contract that the library's own keep. What every norm must have suffices for PGD, APGD and
/// the audit; attacks that need a part say which, and take the norm once it has the part.
/// </summary>
public sealed class OutsideNormTests : IDisposable
{
    private static readonly Assembly Own = typeof(OutsideNormTests).Assembly;

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly LinearImages _images = new(count: 24);

    public static TheoryData<string, string> Pairs() => Implementations<ThreatModel>.In(Own, NormContract.Clauses.Keys);

    public static TheoryData<IAttack> Ascents() =>
    [
        new Fgsm(), new Pgd(), new MomentumFgsm(), new CwLinf(), new Gama { Steps = 20 }, new Apgd { Steps = 20 },
        new TargetedApgd { Steps = 20, Loss = new Margin() },
    ];

    public static TheoryData<IAttack, string, string> Needing() => new()
    {
        { new Fab(), "FAB", nameof(IHyperplaneProjection) },
        { new TargetedFab(), "FAB-T", nameof(IHyperplaneProjection) },
        { new DeepFool(), "DeepFool", nameof(IHyperplaneProjection) },
        { new Square(), "Square", nameof(ISquareGeometry) },
        { new MinimalEpsilon { Attack = new Square() }, "Square", nameof(ISquareGeometry) },
    };

    public void Dispose()
    {
        _images.Dispose();
        _scope.Dispose();
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Norm_OfSomebodyElse_KeepsTheContract(string norm, string clause) =>
        NormContract.Clauses[clause](Implementations<ThreatModel>.In(Own)[norm]);

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void DualNorm_ByDefault_IsThatOfHoelder(ScalarType dtype)
    {
        Tensor gradient = RandomStream.From(1).Normal([0, 1, 2], [3, 4, 4], dtype);
        Tensor expected = gradient.abs().ToThePower(4.0 / 3).flatten(1).sum(1).ToThePower(0.75);
        double off = ((new L4Threat().DualNorm(gradient) - expected) / expected).abs().max().Number();
        Assert.InRange(off, 0, dtype == ScalarType.Float64 ? 1e-14 : 1e-6);
    }

    // On a linear model an image falls within the radius exactly when its distance to the boundary, in closed form, is smaller.
    [Theory]
    [MemberData(nameof(Ascents))]
    public void Perturb_AttackForEveryNorm_FoolsWhatLiesWithinTheRadius(IAttack attack)
    {
        L4Threat threat = new() { Epsilon = _images.Radius };
        RobustnessResult result = RobustnessEvaluation.Run(_images.Model, _images.Source, threat, AttackSuite.Of("one", attack));
        Assert.Equal(_images.Distances.Select(distance => distance > threat.Epsilon), result.Examples.Select(example => example.Robust));
        Assert.InRange(result.Attacks[0].Farthest!.Value, 0.999 * threat.Epsilon, threat.Epsilon + threat.Tolerance);
    }

    [Fact]
    public void Run_PgdAndApgdWithAudit_IsTrustedAndTheSameOnceItWasStored()
    {
        L4Threat threat = new() { Epsilon = _images.Radius };
        AttackSuite suite = AttackSuite.Of("both", new Pgd(), new Apgd { Steps = 30 }, new RandomNoise { Draws = 30 });
        EvaluationOptions options = new() { Audit = new EvaluationAudit { Share = 1 } };

        RobustnessResult result = RobustnessEvaluation.Run(_images.Model, _images.Source, threat, suite, options);

        Assert.Equal(_images.Distances.Count(distance => distance > threat.Epsilon), result.Robust.Hits);
        Assert.Equal(AuditVerdict.Trustworthy, result.Audit!.Verdict);
        // The audit measures l4 by itself, and climbs in its ball.
        Assert.Superset(
            new HashSet<string>
            {
                BallCheck.TypeName, SingleStepCheck.TypeName, StepMonotonicityCheck.TypeName, EpsilonMonotonicityCheck.TypeName,
                NoiseStrengthCheck.TypeName,
            },
            result.Audit.Made.ToHashSet());
        RobustnessResult read = RobustnessResult.FromJson(result.ToJson());
        Assert.Equal(threat, read.Threat);
        Assert.Equal(result.ToJson(), read.ToJson());
        Assert.Contains("\"outside-l4\"", result.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_AuditWithoutAnAttackThatAsksForNoGradient_SaysWhichPartItsOwnSearchMisses()
    {
        L4Threat threat = new() { Epsilon = _images.Radius };
        EvaluationOptions options = new() { Audit = new EvaluationAudit { Share = 1 } };
        RobustnessResult result = RobustnessEvaluation.Run(
            _images.Model, _images.Source, threat, AttackSuite.Of("PGD", new Pgd()), options);
        string reason = Assert.Single(result.Audit!.NotMade, gap => gap.Check == BlackBoxCheck.TypeName).Reason;
        Assert.Contains("which l4 has none of: implement ISquareGeometry, or add RandomNoise", reason, StringComparison.Ordinal);
        Assert.Equal(AuditVerdict.Trustworthy, result.Audit.Verdict);
    }

    [Theory]
    [MemberData(nameof(Needing))]
    public void Perturb_AttackThatNeedsAPart_SaysNormPartAndRemedy(IAttack attack, string name, string part)
    {
        L4Threat threat = new() { Epsilon = 0.1 };
        AttackContext context = new(_images.Model, _images.Pixels, _images.Labels, threat);
        string refusal = Assert.Throws<ArgumentException>(() => attack.Perturb(context)).Message;
        Assert.StartsWith($"{name} needs a norm that knows ", refusal, StringComparison.Ordinal);
        string remedy = $", got l4. Implement {part} in L4Threat, or take an attack for every norm, such as PGD or APGD.";
        Assert.Contains(remedy, refusal, StringComparison.Ordinal);
        Assert.Equal(
            Assert.Single(attack.ProblemsUnder(threat)).Message, refusal[..refusal.LastIndexOf(" (Parameter", StringComparison.Ordinal)]);
    }

    [Fact]
    public void Run_SuiteWithAttacksThatNeedParts_RefusesAllOfThemBeforeTheModelIsAsked()
    {
        InvalidDescriptionException refusal = Assert.Throws<InvalidDescriptionException>(
            () => RobustnessEvaluation.Run(_images.Model, _images.Source, new L4Threat { Epsilon = 0.1 }, AttackSuite.AutoAttack with
            {
                Attacks = [.. AttackSuite.AutoAttack.Attacks, new DeepFool(), new Pgd { Steps = 0 }],
            }));
        Assert.Equal(
            ["Suite.Attacks[5].Steps", "Suite.Attacks[2]", "Suite.Attacks[3]", "Suite.Attacks[4]"],
            refusal.Problems.Select(problem => problem.Subject));
        Assert.Equal(0, _images.Model.Calls);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void Minimize_NormWithHyperplanes_FindsTheDistancesToTheBoundary(ScalarType dtype)
    {
        _images.Model.to(dtype);
        AttackContext context = new(_images.Model, _images.Pixels.to(dtype), _images.Labels, new L4BoundaryThreat { Epsilon = 1 });
        foreach (IMinimumNormAttack attack in (IMinimumNormAttack[])[new Fab { Steps = 30 }, new TargetedFab { Steps = 30 }])
        {
            using MinimalPerturbations found = attack.Minimize(context);
            double[] distances = found.Distances.to(ScalarType.Float64).data<double>().ToArray();
            // FAB oversteps and comes back: what it keeps lies a few hundredths behind the boundary.
            Assert.All(_images.Distances.Zip(distances), pair => Assert.InRange(pair.Second, pair.First * (1 - 1e-5), pair.First * 1.06));
        }
    }

    [Fact]
    public void Run_AutoAttackWithoutSquareOnANormWithHyperplanes_FindsTheSame()
    {
        L4BoundaryThreat threat = new() { Epsilon = _images.Radius };
        AttackSuite suite = AttackSuite.Of("three", new Apgd { Steps = 20 }, new TargetedFab { Steps = 20 }, new DeepFool());
        RobustnessResult result = RobustnessEvaluation.Run(_images.Model, _images.Source, threat, suite);
        Assert.Equal(_images.Distances.Count(distance => distance > threat.Epsilon), result.Robust.Hits);
        L4BoundaryThreat wider = threat with { Epsilon = 1.2 * threat.Epsilon };
        RobustnessResult fab = RobustnessEvaluation.Run(
            _images.Model, _images.Source, wider, AttackSuite.Of("FAB", new Fab { Steps = 20 }));
        Assert.InRange(fab.Robust.Hits, Farther(1.2), Farther(1.1));

        int Farther(double radii) => _images.Distances.Count(distance => distance > radii * threat.Epsilon);
    }
}
