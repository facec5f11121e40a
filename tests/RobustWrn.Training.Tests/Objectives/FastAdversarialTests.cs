using RobustWrn.Attacks;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Training.Tests;

public class FastAdversarialTests
{
    private const double Epsilon = 0.1;

    private static readonly FastAdversarial LongStep = new() { InnerAttack = FastAdversarial.DefaultAttack with { StepSize = 2 * Epsilon } };

    /// <summary>Start U(-epsilon, epsilon), one step of 1.25 epsilon along the sign, back into the ball and into [0, 1].</summary>
    [Fact]
    public void Evaluate_LogitsThatAreThePixels_GivesTheClosedForm()
    {
        using DisposeScope scope = NewDisposeScope();
        long[] examples = [7, 3, 11];
        Tensor images = RandomStream.From(1).Uniform(examples, [3, 1, 1], ScalarType.Float64), labels = tensor([2L, 0, 1]);
        ObjectiveContext context = new(new Pixels(), images, labels, ThreatModel.Linf(Epsilon)) { Examples = ValueList.Create<long>(examples), Noise = RandomStream.From(9) };

        using ObjectiveLoss loss = new FastAdversarial().Evaluate(context);

        Tensor uniform = context.Noise.For("start").At(0).Uniform(examples, [3, 1, 1], ScalarType.Float64);
        Tensor start = images.Plus(uniform.Times(2).Minus(1).Times(Epsilon)).Clamped(0, 1);
        // The label's logit falls and the others rise.
        Tensor sign = ones_like(images).flatten(1).Minus(2).abs() - nn.functional.one_hot(labels, 3).to(ScalarType.Float64).Times(2);
        Tensor moved = start.Plus(sign.reshape(3, 3, 1, 1).Times(1.25 * Epsilon));
        Tensor expected = minimum(maximum(moved, images.Minus(Epsilon)), images.Plus(Epsilon)).Clamped(0, 1);
        Assert.True(loss.Adversarial!.allclose(expected, rtol: 0, atol: 1e-12));
        Assert.Equal(nn.functional.cross_entropy(expected.flatten(1), labels).Number(), loss.Total.Number(), 1e-12);
        Assert.Equal(["robust 1", "gap 0", "fallback 0"], loss.Parts.Select(part => $"{part.Name} {(part.Name == "robust" ? 1 : part.Value.Number())}"));
    }

    [Fact]
    public void Evaluate_NetworkThatOverfitsCatastrophically_TrainsOnTheFallback()
    {
        using DisposeScope scope = NewDisposeScope();
        ObjectiveContext context = Overfitted(20);

        using ObjectiveLoss loss = LongStep.Evaluate(context);

        using Tensor fallback = new Pgd { Steps = 10, StepSize = Epsilon / 4 }.Perturb(context.ToAttack());
        Assert.Equal(["robust", "gap", "fallback"], loss.Parts.Select(part => part.Name));
        Assert.Equal((1.0, 1.0), (loss.Parts[1].Value.Number(), loss.Parts[2].Value.Number()));
        Assert.True(Small.SameBits(fallback, loss.Adversarial!));
        Assert.True(loss.Total.Number() > Math.Log(2), "the fallback did not find what the step misses");
    }

    [Fact]
    public void Evaluate_NoGuard_TrainsOnTheStepAndSeesNothing()
    {
        using DisposeScope scope = NewDisposeScope();
        ObjectiveContext context = Overfitted(20);

        using ObjectiveLoss loss = (LongStep with { Guard = null }).Evaluate(context);

        // Every pixel is at a corner, where the network is as right as at the image.
        Assert.True((loss.Adversarial! - context.Images).abs().allclose(context.Images.FilledLike(Epsilon), rtol: 0, atol: 1e-12));
        Assert.Equal("robust", Assert.Single(loss.Parts).Name);
        Assert.Equal(Math.Log(1 + Math.Exp(-1)), loss.Total.Number(), 1e-9);
    }

    /// <summary>Adversarial weight perturbation evaluates twice on the same images, which were judged the first time.</summary>
    [Fact]
    public void Evaluate_ImagesGiven_AreNotJudgedAgain()
    {
        using DisposeScope scope = NewDisposeScope();
        ObjectiveContext context = Overfitted(20);
        Halfway watch = new(16, Epsilon);
        using ObjectiveLoss first = LongStep.Guarded(watch).Evaluate(context);

        using ObjectiveLoss second = LongStep.Guarded(watch).Evaluate(context with { Adversarial = first.Adversarial });

        Assert.Equal(1.0, first.Parts[2].Value.Number());
        Assert.True(Small.SameBits(first.Adversarial!, second.Adversarial!));
        Assert.Equal(first.Total.Number(), second.Total.Number());
        Assert.Equal(16, watch.Seen.Count);
    }

    /// <summary>A start and step that err as much as the watch leave no gap, however wrong the network is.</summary>
    [Fact]
    public void Evaluate_StepThatFindsWhatTheWatchFinds_StaysFast()
    {
        using DisposeScope scope = NewDisposeScope();
        ObjectiveContext context = Overfitted(20);
        Pgd thorough = new() { Steps = 10, StepSize = Epsilon / 4 };

        using ObjectiveLoss loss = new FastAdversarial { InnerAttack = thorough }.Evaluate(context);
        using Tensor own = thorough.Perturb(context.ToAttack());

        Assert.Equal((0.0, 0.0), (loss.Parts[1].Value.Number(), loss.Parts[2].Value.Number()));
        Assert.True(Small.SameBits(own, loss.Adversarial!));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(3, 1)]
    [InlineData(40, 1)]
    public void Evaluate_FewImages_AreNotJudged(int count, double fallback)
    {
        using DisposeScope scope = NewDisposeScope();
        using ObjectiveLoss loss = LongStep.Evaluate(Overfitted(count));

        Assert.Equal(fallback, loss.Parts[2].Value.Number());
    }

    [Fact]
    public void Evaluate_GapOnTheThreshold_StaysFastAndOneMoreFallsBack()
    {
        using DisposeScope scope = NewDisposeScope();
        // Of 16 images the watch finds some and leaves the others as they are: the gap is exactly their share.
        for (int found = 0; found <= 8; found++)
        {
            ObjectiveContext context = Overfitted(16);
            FastAdversarial objective = LongStep with { Guard = new OverfittingGuard { LargestGap = 0.25, Watch = new Halfway(found, Epsilon) } };
            using ObjectiveLoss loss = objective.Evaluate(context);

            Assert.Equal(found / 16.0, loss.Parts[1].Value.Number(), 1e-12);
            Assert.Equal(found > 4 ? 1 : 0, loss.Parts[2].Value.Number());
        }
    }

    /// <summary>What the guard says follows from weights, batch and noise: no order, no earlier call.</summary>
    [Fact]
    public void Evaluate_SameBatchTurned_LooksAtTheSameImages()
    {
        using DisposeScope scope = NewDisposeScope();
        ObjectiveContext context = Overfitted(40), turned = context with { Images = context.Images.flip(0), Examples = context.Examples.Reverse().ToValueList() };
        Halfway first = new(16, Epsilon), second = new(16, Epsilon), third = new(16, Epsilon), fourth = new(16, Epsilon);

        LongStep.Guarded(first).Evaluate(context).Dispose();
        LongStep.Guarded(second).Evaluate(turned).Dispose();
        LongStep.Guarded(third).Evaluate(context).Dispose();
        LongStep.Guarded(fourth).Evaluate(context with { Noise = RandomStream.From(10) }).Dispose();

        Assert.Equal(16, first.Seen.Distinct().Count());
        Assert.Equal(first.Seen, second.Seen);
        Assert.Equal(first.Seen, third.Seen);
        Assert.NotEqual(first.Seen, fourth.Seen);
    }

    [Fact]
    public void Json_NoGuardAndAnotherGuard_ComeBack()
    {
        foreach (FastAdversarial objective in (FastAdversarial[])[new(), new() { Guard = null }, new() { Guard = new OverfittingGuard { Images = 8, Watch = new Pgd(), Fallback = new Apgd() } }])
            Assert.Equal(objective, DescriptionJson.Read<IRobustObjective>(DescriptionJson.Write(objective)));
    }

    [Fact]
    public void Problems_SettingsOutOfRange_AreNamed() => Assert.Equal(
        ["InnerAttack.StepSize", "InnerAttack.Start.Deviation", "Guard.Images", "Guard.LargestGap", "Guard.Watch", "Guard.Fallback.Steps", "LabelSmoothing"],
        new FastAdversarial
        {
            InnerAttack = FastAdversarial.DefaultAttack with { StepSize = -1, Start = new GaussianStart(-1) },
            LabelSmoothing = 1,
            Guard = new OverfittingGuard { Images = 2, LargestGap = 1, Watch = new Transfer(), Fallback = new Pgd { Steps = 0 } },
        }.Problems().Select(problem => problem.Subject));

    private static ObjectiveContext Overfitted(int count) =>
        new(new Ripples(Epsilon), zeros([count, 1, 3, 3], ScalarType.Float64).FilledLike(0.5), zeros(count, ScalarType.Int64), ThreatModel.Linf(Epsilon)) { Noise = RandomStream.From(9) };
}

/// <summary>Moves the first images that it is given half way to the surface of the ball.</summary>
internal sealed record Halfway(int Found, double Epsilon) : IAttack
{
    public List<long> Seen { get; } = [];

    public string Name => "halfway";

    public long MaxGradients => 0;

    public IAttack WithEffort(double share) => this;

    public Tensor Perturb(AttackContext context, CancellationToken cancellationToken = default)
    {
        Seen.AddRange(context.Examples);
        using DisposeScope scope = NewDisposeScope();
        Tensor moves = ScalarArithmetic.Counting(context.Images.shape[0]).IsBelow(Found).to(context.Images.dtype).Times(Epsilon / 2);
        return context.Images.Plus(moves.reshape(-1, 1, 1, 1)).MoveToOuterDisposeScope();
    }

    public IEnumerable<Problem> Problems() => [];
}

file static class Guarding
{
    public static FastAdversarial Guarded(this FastAdversarial objective, IAttack watch) => objective with { Guard = new OverfittingGuard { Watch = watch } };
}
