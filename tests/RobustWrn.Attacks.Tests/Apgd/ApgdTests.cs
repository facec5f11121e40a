using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

public class ApgdTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Perturb_LinearModel_ReachesTheStrongestPointOfTheBall(bool dlr, bool targeted)
    {
        // The logits of a linear model are z + w.delta; the margin is largest at delta = eps * sign(w) in Linf and eps * w / |w| in L2.
        using LinearModel model = LinearModel.TwoClasses(48, shift: 6, ScalarType.Float64);
        Tensor images = zeros([3, 3, 4, 4], ScalarType.Float64).FilledLike(0.5), labels = ones(3, ScalarType.Int64), w = model.Weight[1].detach().reshape(1, 3, 4, 4);
        IAttack attack = targeted ? new TargetedApgd { Steps = 20 } : new Apgd { Steps = 20, Loss = dlr ? new Dlr() : new CrossEntropy() };

        Tensor inf = attack.Perturb(new AttackContext(model, images, labels, ThreatModel.Linf(0.1)), Token);
        Tensor two = attack.Perturb(new AttackContext(model, images, labels, ThreatModel.L2(0.4)), Token);

        Assert.InRange((inf - images).Plus(w.sign().Times(0.1)).abs().max().Number(), 0, 1e-12);
        Assert.InRange((two - images).Plus(w.Times(0.4) / w.norm()).abs().max().Number(), 0, 1e-3);
    }

    [Fact]
    public void Perturb_LinearModelInL1_SpendsTheRadiusOnTheSteepestValues()
    {
        // In [0, 1] from 0.5 a value can change by 0.5, so a radius of 1.5 is best spent on the three steepest values.
        using LinearModel model = LinearModel.TwoClasses(48, shift: 6, ScalarType.Float64);
        Tensor images = zeros([2, 3, 4, 4], ScalarType.Float64).FilledLike(0.5), labels = ones(2, ScalarType.Int64), w = model.Weight[1].detach();
        double best = 0.5 * w.abs().topk(3).values.sum().Number();

        Tensor points = new Apgd { Steps = 100 }.Perturb(new AttackContext(model, images, labels, ThreatModel.L1(1.5)), Token);

        double[] fallen = (images - points).flatten(1).matmul(w).data<double>().ToArray();
        Assert.All(fallen, fall => Assert.InRange(fall, 0.98 * best, best + 1e-9));
    }

    [Fact]
    public void Perturb_AlreadyMisclassified_ReturnsTheImageItself()
    {
        using LinearModel model = LinearModel.TwoClasses(48, shift: 100);
        Tensor images = zeros([2, 3, 4, 4]).FilledLike(0.5f), labels = tensor(new long[] { 0, 1 });
        foreach (IAttack attack in (IAttack[])[new Apgd { Steps = 5 }, new TargetedApgd { Steps = 5 }])
        {
            Tensor points = attack.Perturb(new AttackContext(model, images, labels, ThreatModel.Linf(0.1)), Token);
            Assert.True(points[0].Equals(images[0]));
            Assert.False(points[1].Equals(images[1]));
        }
    }

    [Fact]
    public void Perturb_FooledOnTheViewOnly_GoesOn()
    {
        // A view that errs everywhere, of a model that never does: nothing may count as fooled, and no step may be saved.
        using Misleading model = new();
        Tensor images = zeros([4, 3, 4, 4]).FilledLike(0.5f), labels = zeros(4, ScalarType.Int64);

        Tensor points = new Apgd { Steps = 7 }.Perturb(new AttackContext(model, images, labels, ThreatModel.Linf(0.1)), Token);

        Assert.Equal(8 * 4, model.SeenByTheView);
        Assert.Equal(4, model.call(points).argmax(1).eq(labels).sum().WholeNumber());
    }

    [Fact]
    public void Perturb_AThousandSteps_KeepsTheNumberOfLiveTensors()
    {
        using LinearModel linear = LinearModel.TwoClasses(48, shift: 6);
        Tensor pixels = zeros([4, 3, 4, 4]).FilledLike(0.5f);
        List<long> live = [];
        nn.Module<Tensor, Tensor> model = new Lambda(images =>
        {
            live.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount);
            return linear.call(images);
        });
        AttackContext context = new(model, pixels, ones(4, ScalarType.Int64), ThreatModel.Linf(0.01));

        new Apgd { Steps = 1000 }.Perturb(context, Token).Dispose();

        Assert.InRange(live.Count, 1000, 1010);
        // From the second step on: the first passes are the clean images and the start.
        Assert.Equal(live[4], live[^1]);
        Assert.InRange(live.Skip(4).Max() - live.Skip(4).Min(), 0, 0);
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    [InlineData(4, 0)]
    public void Notices_TooFewClasses_SayThatTheMarginTookOver(int classes, int notices)
    {
        IAttack targeted = new TargetedApgd(), plain = new Apgd { Loss = new Dlr() };
        Assert.Equal(notices, targeted.Notices(classes).Count());
        Assert.Equal(classes < 3 ? 1 : 0, plain.Notices(classes).Count());
        Assert.Empty(((IAttack)new Apgd()).Notices(2));
    }

    [Fact]
    public void Name_OfEachKind_SaysLossStepsAndRestarts()
    {
        Assert.Equal("APGD-CE", new Apgd().Name);
        Assert.Equal("APGD-DLR-20 x 5", new Apgd { Loss = new Dlr(), Steps = 20, Restarts = 5 }.Name);
        Assert.Equal("APGD-T", new TargetedApgd().Name);
        Assert.Equal("APGD-T-CE", new TargetedApgd { Loss = new CrossEntropy() }.Name);
    }

    // Its view says class 1, and it says class 0, whatever the pixels are.
    private sealed class Misleading() : nn.Module<Tensor, Tensor>(nameof(Misleading)), IFreezable
    {
        public long SeenByTheView { get; private set; }

        public FrozenNetwork Freeze() => new(images =>
        {
            SeenByTheView += images.shape[0];
            return Logits(images, 1);
        });

        public override Tensor forward(Tensor input) => Logits(input, 0);

        private static Tensor Logits(Tensor images, long winner)
        {
            Tensor score = images.flatten(1).mean([1]).Times(0.1), other = score.Times(0).Plus(1);
            return winner == 0 ? stack([other, score], 1) : stack([score, other], 1);
        }
    }
}
