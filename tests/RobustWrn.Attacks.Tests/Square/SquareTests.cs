using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>Square where its result is known in closed form, and what it must never depend on.</summary>
public sealed class SquareTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    public static TheoryData<ThreatModel> Threats() => [ThreatModel.Linf(8, outOf: 255), ThreatModel.L2(0.5), ThreatModel.L1(6)];

    [Fact]
    public void Perturb_LinfWhereOneSignIsBestEverywhere_ReachesTheBestCorner()
    {
        // Each channel has one sign, so the corner is reached once windows have covered every pixel that windows reach: all but the last row and column, which
        // keep their stripe.
        Tensor signs = tensor(new double[] { 1, -1, 1 }).reshape(3, 1, 1), weights = signs.expand(3, 10, 10).flatten();
        LinearModel model = Far(weights);
        Tensor images = RandomStream.From(6).Uniform([0, 1, 2], [3, 10, 10], ScalarType.Float64).Times(0.6).Plus(0.2);
        AttackContext context = new(model, images, zeros(3, ScalarType.Int64), ThreatModel.Linf(0.05));

        Tensor moved = new Square { Queries = 600 }.Perturb(context) - images;

        Tensor corner = signs.Times(0.05).expand(3, 3, 10, 10);
        Assert.True((moved - corner).narrow(2, 0, 9).narrow(3, 0, 9).abs().max().item<double>() < 1e-12, "windows must have reached the corner");
        Assert.True((moved.abs() - corner.abs()).abs().max().item<double>() < 1e-12, "every pixel must be at an end of its interval");
    }

    [Theory]
    [MemberData(nameof(Threats))]
    public void Perturb_MoreQueries_NeverLowersTheMarginAndStaysInTheBall(ThreatModel threat)
    {
        LinearModel model = Far(RandomStream.From(8).Normal([0], [3 * 9 * 12], ScalarType.Float64)[0]);
        Tensor images = RandomStream.From(6).Uniform([0, 1, 2, 3], [3, 9, 12], ScalarType.Float64);
        AttackContext context = new(model, images, zeros(4, ScalarType.Int64), threat);
        Tensor before = Score(model, images);
        foreach (int queries in (int[])[1, 20, 300])
        {
            Tensor moved = new Square { Queries = queries }.Perturb(context), score = Score(model, moved);
            Assert.True(score.ge(before).all().item<bool>(), $"{queries} queries are weaker than fewer under {threat}");
            Assert.True(threat.Distance(moved, images).max().item<double>() <= threat.Epsilon * (1 + 1e-9));
            Assert.True((moved.IsAtLeast(0) & moved.IsAtMost(1)).all().item<bool>());
            before = score;
        }
        Assert.True(before.gt(Score(model, images)).all().item<bool>());
    }

    [Theory]
    [MemberData(nameof(Threats))]
    public void Perturb_OtherBlocksAndOrders_FindsTheSameForEachImage(ThreatModel threat)
    {
        using Classifier model = WideResNetSpec.Of(stem: 4, depths: [1, 1], widths: [4, 6]).Build(2);
        model.to(ScalarType.Float64);
        model.eval();
        long[] ids = [.. Enumerable.Range(0, 64).Select(i => 3L * i + 5)];
        Tensor images = RandomStream.From(9).Uniform(ids, [3, 8, 8], ScalarType.Float64), labels = model.call(images).argmax(1);
        Square attack = new() { Queries = 25 };
        Tensor whole = Blocks(64, Enumerable.Range(0, 64)), right = model.call(whole).argmax(1).eq(labels);
        Assert.InRange(right.sum().item<long>(), 5, 59); // some must fall on the way, and some stay

        foreach ((int size, IEnumerable<int> order) in ((int, IEnumerable<int>)[])[(1, Enumerable.Range(0, 64).Where(i => i % 3 == 0)), (7, Enumerable.Range(0, 64).Select(i => i * 29 % 64))])
        {
            Tensor rows = tensor(order.Select(i => (long)i).ToArray()), found = Blocks(size, order).index_select(0, rows);
            Tensor verdicts = model.call(found).argmax(1).eq(labels.index_select(0, rows));
            Assert.True(verdicts.eq(right.index_select(0, rows)).all().item<bool>(), $"verdicts in blocks of {size} differ");
            Assert.True((found - whole.index_select(0, rows)).abs().max().item<double>() < 1e-9, $"images in blocks of {size} differ");
        }

        Tensor Blocks(int size, IEnumerable<int> order)
        {
            Tensor result = zeros_like(images);
            foreach (int[] block in order.Chunk(size))
            {
                Tensor rows = tensor(block.Select(i => (long)i).ToArray());
                AttackContext context = new(model, images.index_select(0, rows), labels.index_select(0, rows), threat) { Examples = block.Select(i => ids[i]).ToValueList() };
                result.index_copy_(0, rows, attack.Perturb(context));
            }
            return result;
        }
    }

    /// <summary>A classifier can be followed window by window; wrapped, it cannot.</summary>
    [Fact]
    public void Perturb_ModelThatCanBeFollowed_FindsWhatWholePassesFind()
    {
        using Classifier model = Followable();
        model.to(ScalarType.Float64);
        Tensor images = RandomStream.From(9).Uniform(Ids(60), [3, 12, 12], ScalarType.Float64), labels = model.call(images).argmax(1);
        using (FrozenNetwork view = model.Freeze()!)
        using (FollowedImages followed = view.Follow(images)!)
            Assert.InRange(followed.ShareOfWork(SquareSchedule.Side(SmallWindows.InitialShare, 12, 12)), 0, 0.6);
        AttackContext context = new(model, images, labels, ThreatModel.Linf(1, outOf: 255)) { Examples = Ids(60).ToValueList() };
        Square attack = SmallWindows with { Restarts = 2 };

        Tensor found = attack.Perturb(context), expected = attack.Perturb(context with { Model = new Lambda(model.call) });

        Assert.InRange(model.call(expected).argmax(1).eq(labels).sum().item<long>(), 5, 55); // some must fall on the way, and some stay
        Assert.True((found - expected).abs().max().item<double>() < 1e-12);
    }

    /// <summary>In float32 rounding differs with the block, and may turn a query here and there: at most 0.5 % of the verdicts.</summary>
    [Fact]
    public void Perturb_OtherBlocksInFloat32_ChangesHardlyAnyVerdict()
    {
        using Classifier model = Followable();
        Tensor images = RandomStream.From(9).Uniform(Ids(200), [3, 12, 12]), labels = model.call(images).argmax(1);
        bool[] whole = Right(200);
        Assert.InRange(whole.Count(right => right), 20, 180);

        Assert.All((int[])[7, 64], size => Assert.InRange(whole.Zip(Right(size)).Count(pair => pair.First != pair.Second), 0, 1));

        bool[] Right(int size) => [.. Ids(200).Chunk(size).SelectMany(block =>
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor rows = tensor(block), own = labels.index_select(0, rows);
            AttackContext context = new(model, images.index_select(0, rows), own, ThreatModel.Linf(1, outOf: 255)) { Examples = block.ToValueList() };
            return model.call(SmallWindows.Perturb(context)).argmax(1).eq(own).data<bool>().ToArray();
        })];
    }

    private static Square SmallWindows { get; } = new() { Queries = 60, InitialShare = 0.05 };

    private static Classifier Followable()
    {
        Classifier model = WideResNetSpec.Of(stem: 4, depths: [1], widths: [6]).Build(2);
        model.eval();
        // Mean logits of zero: predictions vary, and margins are small enough to fall.
        using IDisposable guard = no_grad();
        model.state_dict()["network.fc.bias"].sub_(model.call(RandomStream.From(8).Uniform(Ids(200), [3, 12, 12])).mean([0]));
        return model;
    }

    private static long[] Ids(int count) => [.. Enumerable.Range(0, count).Select(i => (long)i)];

    [Fact]
    public void Perturb_ImagesFallEarly_CostNoMoreQueries()
    {
        // Class 1 wins wherever anything moves up: a stripe is enough for most images, so the model sees few of the 500 queries of each.
        Tensor weights = ones(3 * 6 * 6, ScalarType.Float64);
        LinearModel model = new(stack([zeros_like(weights), weights]), tensor(new double[] { 0, -0.5 * 108 - 1e-3 }));
        long seen = 0;
        Lambda counted = new(images => { seen += images.shape[0]; return model.call(images); });
        AttackContext context = new(counted, zeros([50, 3, 6, 6], ScalarType.Float64).Plus(0.5), zeros(50, ScalarType.Int64), ThreatModel.Linf(0.1));
        Tensor moved = new Square { Queries = 500 }.Perturb(context);
        Assert.True(model.call(moved).argmax(1).IsEqualTo(1).all().item<bool>());
        Assert.InRange(seen, 100, 50 * 20);
    }

    [Fact]
    public void Perturb_ImageWrongFromTheStart_IsNotMoved()
    {
        LinearModel model = Far(ones(48, ScalarType.Float64));
        Tensor images = RandomStream.From(6).Uniform([0, 1], [3, 4, 4], ScalarType.Float64);
        Tensor moved = new Square { Queries = 20 }.Perturb(new AttackContext(model, images, tensor(new long[] { 1, 0 }), ThreatModel.Linf(0.1)));
        Assert.True(moved[0].eq(images[0]).all().item<bool>());
        Assert.False(moved[1].eq(images[1]).all().item<bool>());
    }

    [Fact]
    public void Perturb_ViewSaysFooledButTheModuleDoesNot_GoesOnUntilTheModuleAgrees()
    {
        // The view sees the boundary nearer than it is.
        Tensor weights = ones(3 * 6 * 6, ScalarType.Float64);
        using OptimisticView model = new(weights, boundary: 0.5 * 108 + 2.5, seen: 0.5 * 108 + 0.5);
        AttackContext context = new(model, zeros([20, 3, 6, 6], ScalarType.Float64).Plus(0.5), zeros(20, ScalarType.Int64), ThreatModel.Linf(0.1));
        Tensor moved = new Square { Queries = 400 }.Perturb(context);
        Assert.True(model.call(moved).argmax(1).IsEqualTo(1).all().item<bool>(), "every image can be fooled, and must be fooled on the module itself");
        Assert.True(model.Confirmations > 20, "the module must have been asked about points it refused");
    }

    [Fact]
    public void Perturb_SecondRun_StartsElsewhereAndNeverWeakens()
    {
        LinearModel model = Far(RandomStream.From(8).Normal([0], [3 * 8 * 8], ScalarType.Float64)[0]);
        Tensor images = RandomStream.From(6).Uniform([0, 1, 2, 3, 4, 5], [3, 8, 8], ScalarType.Float64).Times(0.5).Plus(0.25);
        AttackContext context = new(model, images, zeros(6, ScalarType.Int64), ThreatModel.Linf(0.03));
        Tensor one = Score(model, new Square { Queries = 30 }.Perturb(context)), three = Score(model, new Square { Queries = 30, Restarts = 3 }.Perturb(context));
        Assert.True(three.ge(one).all().item<bool>());
        Assert.True(three.gt(one).any().item<bool>());
    }

    [Fact]
    public void Notices_LossThatFallsBack_AreThoseOfTheLoss()
    {
        foreach (IAttack attack in (IAttack[])[new Square { Loss = new Dlr() }, new MomentumFgsm { Loss = new Dlr() }, new Pgd { Loss = new Dlr() }, new Fgsm { Loss = new Dlr() }])
        {
            Assert.Single(attack.Notices(2));
            Assert.Empty(attack.Notices(10));
            Assert.Single(new ExpectationOverTransformation { Attack = attack }.Notices(2));
            Assert.Single(new Transfer { Attack = attack }.Notices(2));
        }
    }

    [Fact]
    public void Perturb_UnknownThreat_SaysWhichItKnows()
    {
        AttackContext context = new(Far(ones(48)), zeros(1, 3, 4, 4), zeros(1, ScalarType.Int64), new OtherThreat { Epsilon = 1 });
        string expected = "Square needs a norm that knows windows of the Square attack, got other. Implement ISquareGeometry in OtherThreat, "
            + "or take an attack for every norm, such as PGD or APGD.";
        Assert.StartsWith(expected, Assert.Throws<ArgumentException>(() => new Square().Perturb(context)).Message);
        Assert.Equal(expected, Assert.Single(new Square().ProblemsUnder(context.Threat)).Message);
    }

    [Fact]
    public void Perturb_AThousandQueries_LeavesNoTensorBehind()
    {
        LinearModel model = Far(ones(3 * 8 * 8));
        AttackContext context = new(model, zeros([4, 3, 8, 8]).Plus(0.5), zeros(4, ScalarType.Int64), ThreatModel.L2(0.5));
        new Square { Queries = 10 }.Perturb(context).Dispose();
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount, most = 0;
        Lambda watched = new(images => { most = Math.Max(most, DisposeScopeManager.Statistics.ThreadTotalLiveCount); return model.call(images); });
        new Square { Queries = 1_000 }.Perturb(context with { Model = watched }).Dispose();
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        Assert.InRange(most - before, 1, 100);
    }

    // Class 1 wins nowhere near: only the margin moves.
    private static LinearModel Far(Tensor weights) => new(stack([zeros_like(weights), weights]), stack([zeros_like(weights[0]), weights[0].FilledLike(-1_000)]));

    private static Tensor Score(LinearModel model, Tensor images) => model.call(images).select(1, 1);

    private sealed class OptimisticView(Tensor weights, double boundary, double seen) : nn.Module<Tensor, Tensor>(nameof(OptimisticView)), IFreezable
    {
        public int Confirmations { get; private set; }

        public override Tensor forward(Tensor input)
        {
            Confirmations += (int)input.shape[0];
            return Logits(input, boundary);
        }

        public FrozenNetwork? Freeze() => new(images => Logits(images, seen));

        private Tensor Logits(Tensor images, double needed)
        {
            Tensor score = images.flatten(1).matmul(weights).Minus(needed);
            return stack([zeros_like(score), score], 1);
        }
    }

    private sealed record OtherThreat : ThreatModel
    {
        public override string Norm => "other";

        public override double Tolerance => 0;

        public override Tensor Distance(Tensor candidates, Tensor images) => throw new NotSupportedException();

        public override Tensor RandomStart(Tensor images, RandomStream noise, ReadOnlySpan<long> examples) => throw new NotSupportedException();

        public override Tensor SteepestDirection(Tensor gradient) => throw new NotSupportedException();

        public override Tensor Project(Tensor candidates, Tensor images) => throw new NotSupportedException();
    }
}
