using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>
/// What an attack finds depends neither on the scale of its loss nor, where the loss is of logits alone, on that of the logits.
/// </summary>
public sealed class LossScaleTests : IDisposable
{
    private const int Classes = 4;

    private static readonly ThreatModel[] Threats = [ThreatModel.Linf(0.05), ThreatModel.L2(0.4), ThreatModel.L1(2)];

    private readonly DisposeScope _scope = NewDisposeScope();

    public static TheoryData<string, ThreatModel, int> Losses() => new(
        from attack in (string[])["FGSM", "PGD", "MI-FGSM", "APGD", "APGD-T", "EOT"]
        from threat in Threats
        from exponent in (int[])[-80, -40, 40, 80]
        select (attack, threat, exponent));

    public static TheoryData<IAttack, ThreatModel, int> OfLogits() => new(
        from attack in (IAttack[])[new CwLinf { Steps = 5 }, new Apgd { Steps = 10, Loss = new Margin() },
            new Fab { Steps = 6 }, new TargetedFab { Steps = 6, TargetClasses = 2 }, new DeepFool { Steps = 6 }]
        from threat in Threats
        from exponent in (int[])[-100, 100]
        select (attack, threat, exponent));

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Losses))]
    public void Perturb_LossTimesAPowerOfTwo_ReturnsTheSameImages(string attack, ThreatModel threat, int exponent)
    {
        AttackContext context = Context(Net, threat);
        Tensor expected = Attack(attack, new PlainCrossEntropy()).Perturb(context);
        Tensor scaled = Attack(attack, new PlainCrossEntropy { Exponent = exponent }).Perturb(context);

        Assert.True(expected.Equals(scaled), $"{(expected - scaled).abs().max().Number():g3} apart");
        Assert.InRange((expected - context.Images).abs().max().Number(), 0.01, 2);
    }

    [Theory]
    [MemberData(nameof(OfLogits))]
    public void Perturb_LogitsTimesAPowerOfTwo_ReturnsTheSameImages(IAttack attack, ThreatModel threat, int exponent)
    {
        Tensor expected = attack.Perturb(Context(Net, threat));
        Tensor scaled = attack.Perturb(Context(images => Net(images).Times(Math.ScaleB(1, exponent)), threat));

        Assert.True(expected.Equals(scaled), $"{(expected - scaled).abs().max().Number():g3} apart");
    }

    [Theory]
    [InlineData(-60)]
    [InlineData(-20)]
    [InlineData(60)]
    public void Minimize_CarliniWagnerOnScaledLogits_FindsAboutTheSameDistances(int exponent)
    {
        CwL2 attack = new() { Steps = 60, SearchSteps = 6, InitialConstant = 1 };
        using MinimalPerturbations expected = attack.Minimize(Context(Net, Threats[1]));
        using MinimalPerturbations scaled = attack.Minimize(Context(images => Net(images).Times(Math.ScaleB(1, exponent)), Threats[1]));

        Assert.All(expected.Distances.data<float>().ToArray().Zip(scaled.Distances.data<float>().ToArray()), pair =>
        {
            // A search of few steps is not at its end: scaled logits may be served better.
            Assert.InRange(pair.First, 0.001, 3);
            Assert.InRange(pair.Second / pair.First, 0.3, 1.1);
        });
    }

    /// <summary>A model that is ever surer of itself: the cross-entropy's way becomes the margin's, and never ends.</summary>
    [Theory]
    [InlineData(10)]
    [InlineData(40)]
    [InlineData(100)]
    public void Perturb_CrossEntropyOfSaturatedLogits_FoolsAsManyAsTheMargin(int exponent)
    {
        foreach (ThreatModel threat in Threats)
        {
            AttackContext context = Context(images => Net(images).Times(Math.ScaleB(1, exponent)), threat);
            long margin = Fooled(context, new Pgd { Loss = new Margin() });
            Assert.Equal(margin, Fooled(context, new Pgd()));
            Assert.InRange(Fooled(context, new Apgd { Steps = 20 }), margin, long.MaxValue);
            Assert.InRange(Fooled(context, new Gama { Steps = 60, DropAt = [40, 50] }), margin - 1, long.MaxValue);
        }
    }

    /// <summary>The logarithm of float32's softmax is 0 from a lead of 17 on, its slope from 104 on.</summary>
    [Theory]
    [InlineData("FGSM", 40)]
    [InlineData("PGD", 40)]
    [InlineData("MI-FGSM", 40)]
    [InlineData("APGD", 40)]
    [InlineData("FGSM", 400)]
    [InlineData("APGD", 400)]
    [InlineData("FGSM", 1e30)]
    public void Perturb_OnePixelOfASureModel_ReachesTheEndOfTheBall(string attack, double slope)
    {
        AttackContext context = Pixel(slope);
        Assert.Equal(0.4, Attack(attack, new CrossEntropy()).Perturb(context).item<float>(), 1e-6);
        // A loss of the user's own that has no digits left shows APGD no better point than its start.
        if (slope == 40 && attack != "APGD")
            Assert.Equal(0.4, Attack(attack, new PlainCrossEntropy()).Perturb(context).item<float>(), 1e-6);
    }

    [Fact]
    public void Perturb_SureNetworkUnderL2_FoolsAsManyAsOnAHugeLoss()
    {
        AttackContext context = Context(images => Net(images).Times(24.0), ThreatModel.L2(0.4));
        long expected = Fooled(context, new Pgd { Loss = new PlainCrossEntropy { Exponent = 40 } });

        Assert.InRange(expected, 4, 15);
        Assert.Equal(expected, Fooled(context, new Pgd { Loss = new PlainCrossEntropy() }));
        Assert.InRange(Fooled(context, new Pgd()), expected, 16);
    }

    /// <summary>In float64 and where nothing saturates, the slopes are those of the loss up to a positive factor.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Unsaturated_OrdinaryLogits_RisesAlongTheLoss(bool targeted)
    {
        long[] ids = [.. Enumerable.Range(0, 50).Select(i => (long)i)];
        Tensor logits = RandomStream.From(3).Normal(ids, [6], ScalarType.Float64).Times(2.0), labels = ScalarArithmetic.Counting(50).Modulo(6);
        AttackGoal goal = new(labels, targeted ? ScalarArithmetic.Counting(50).PlusInPlace(1L).Modulo(6) : null);
        foreach (IAttackLoss loss in (IAttackLoss[])[new CrossEntropy(), new GuidedMargin(0)])
        {
            Tensor expected = Slopes(seen => loss.PerExample(seen, goal)), actual = Slopes(seen => loss.Unsaturated(seen, goal)!);
            Assert.True((expected.EuclideanDirections() - actual.EuclideanDirections()).abs().max().Number() < 1e-9, $"{loss}");
        }

        Tensor Slopes(Func<Tensor, Tensor> loss)
        {
            using IDisposable guard = enable_grad();
            Tensor leaf = logits.detach().requires_grad_();
            return Gradients.Of(loss(leaf).sum(), leaf);
        }
    }

    [Fact]
    public void PerExample_SureModel_KeepsTheDigitsOfFloat64()
    {
        Tensor logits = tensor(new[,] { { 30f, 0, -1 }, { 90f, 0, 1 }, { -50f, 3, 5 }, { 1f, 1, 1 } }), labels = zeros(4, ScalarType.Int64);
        AttackGoal goal = new(labels);
        Tensor exact = new CrossEntropy().PerExample(logits.to(ScalarType.Float64), goal), loss = new CrossEntropy().PerExample(logits, goal);
        Assert.True(((loss.to(ScalarType.Float64) - exact) / exact).abs().max().Number() < 1e-5);
        Tensor textbook = nn.functional.cross_entropy(logits.to(ScalarType.Float64), labels, reduction: nn.Reduction.None);
        Assert.True((exact - textbook).abs().max().Number() < 1e-13);
        Tensor targets = labels.FilledLike(2);
        Tensor targeted = new CrossEntropy().PerExample(logits.to(ScalarType.Float64), new AttackGoal(labels, targets));
        textbook = nn.functional.cross_entropy(logits.to(ScalarType.Float64), targets, reduction: nn.Reduction.None);
        Assert.True(targeted.Plus(textbook).abs().max().Number() < 1e-13);
    }

    /// <summary>Beyond 1e35 sums of finite gradients overflow: they are finite all the same.</summary>
    [Fact]
    public void Perturb_HugeButFiniteGradient_IsNotRefused()
    {
        Tensor found = new Pgd { Steps = 2, Loss = new Margin() }.Perturb(Context(images => Net(images).Times(1e37), Threats[0]));
        Assert.True(found.isfinite().all().item<bool>());
    }

    /// <summary>Finite numbers whose sum over an image is not: no attack may add them up as they are.</summary>
    [Theory]
    [InlineData("FGSM")]
    [InlineData("PGD")]
    [InlineData("MI-FGSM")]
    [InlineData("APGD")]
    [InlineData("APGD-T")]
    public void Perturb_GradientWhoseSumOverflows_ReturnsWhatASmallOneDoes(string attack)
    {
        foreach (ThreatModel threat in Threats)
        {
            AttackContext context = Context(Net, threat);
            Tensor expected = Attack(attack, new PlainCrossEntropy()).Perturb(context);
            Tensor found = Attack(attack, new PlainCrossEntropy { Exponent = 125 }).Perturb(context);
            Assert.True(expected.Equals(found), $"{threat}: {(expected - found).abs().max().Number():g3} apart");
        }
    }

    [Fact]
    public void Differences_RandomLogitsOfASmallScale_AreSeen()
    {
        long calls = 0;
        Lambda random = new(images => Net(images).Plus(RandomStream.From(calls++).Normal([0], [Classes])).Times(1e-20));
        using AttackedModel model = new(random);
        double[] differences = RepeatedLogits.Differences(model, Images(), 3, TestContext.Current.CancellationToken);
        Assert.All(differences, difference => Assert.InRange(difference, 1e-3, 2));
    }

    private static IAttack Attack(string name, IAttackLoss loss) => name switch
    {
        "FGSM" => new Fgsm { Loss = loss },
        "PGD" => new Pgd { Steps = 20, Restarts = 2, Loss = loss },
        "MI-FGSM" => new MomentumFgsm { Steps = 5, Loss = loss },
        "APGD" => new Apgd { Steps = 10, Loss = loss },
        "APGD-T" => new TargetedApgd { Steps = 5, TargetClasses = 2, Loss = loss },
        _ => new ExpectationOverTransformation { Attack = new Pgd { Steps = 3, Loss = loss }, Draws = 2 },
    };

    private static AttackContext Pixel(double slope) => new(
        new Lambda(images => cat([images.flatten(1).Times(-slope), images.flatten(1).Times(slope)], 1)),
        zeros([1, 1, 1, 1]).Plus(0.5), ones(1, ScalarType.Int64), ThreatModel.L2(0.1));

    // Two layers, and the labels that they give.
    private static Tensor Net(Tensor images)
    {
        Tensor first = RandomStream.From(11).Normal([0], [48, 12])[0].Times(0.3);
        Tensor second = RandomStream.From(12).Normal([0], [12, Classes])[0];
        return images.flatten(1).Minus(0.5).matmul(first).tanh().matmul(second);
    }

    private static Tensor Images() => RandomStream.From(13).Uniform([.. Enumerable.Range(0, 16).Select(i => (long)i)], [3, 4, 4]);

    private static AttackContext Context(Func<Tensor, Tensor> model, ThreatModel threat)
    {
        Tensor images = Images();
        return new AttackContext(new Lambda(model), images, Net(images).argmax(1), threat);
    }

    private static long Fooled(AttackContext context, IAttack attack) =>
        context.Model.call(attack.Perturb(context)).argmax(1).ne(context.Labels).sum().item<long>();
}
