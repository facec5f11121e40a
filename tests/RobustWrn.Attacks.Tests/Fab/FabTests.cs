using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

public sealed class FabTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public static TheoryData<string, string, ScalarType> Cases() => new(
        from attack in (string[])["fab", "fab-t"]
        from norm in (string[])["linf", "l2", "l1"]
        from dtype in (ScalarType[])[ScalarType.Float64, ScalarType.Float32]
        select (attack, norm, dtype));

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Minimize_LinearModelOfFiveClasses_FindsTheNearestBoundaryInTheBox(string name, string norm, ScalarType dtype)
    {
        using LinearModel model = FiveClasses(dtype);
        Tensor images = Images(6, dtype), logits = model.call(images), labels = logits.argmax(1);
        ThreatModel threat = Threat(norm, 1);
        double[] expected = NearestBoundaries(model, images, labels, threat);

        using MinimalPerturbations found = Attack(name).Minimize(new AttackContext(model, images, labels, threat));

        double[] distances = Numbers(found.Distances), measured = Numbers(threat.Distance(found.Images, images));
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.InRange(distances[i] / expected[i], 1 - 1e-4, 1.02);
            Assert.Equal(measured[i], distances[i], dtype == ScalarType.Float64 ? 1e-12 : 1e-5);
        }
        Assert.Equal(6, model.call(found.Images).argmax(1).ne(labels).sum().item<long>());
    }

    [Theory]
    [InlineData("fab")]
    [InlineData("fab-t")]
    public void Perturb_SomeBoundariesOutOfReach_MovesOnlyTheOthers(string name)
    {
        using LinearModel model = FiveClasses(ScalarType.Float64);
        Tensor images = Images(12, ScalarType.Float64), labels = model.call(images).argmax(1);
        double[] expected = NearestBoundaries(model, images, labels, Threat("l2", 1));
        double middle = expected.Order().ElementAt(6);
        using Tensor moved = Attack(name).Perturb(new AttackContext(model, images, labels, ThreatModel.L2(middle)));
        bool[] fooled = [.. model.call(moved).argmax(1).ne(labels).data<bool>()], unchanged = [.. moved.eq(images).flatten(1).all(1).data<bool>()];
        for (int i = 0; i < 12; i++)
        {
            Assert.NotEqual(fooled[i], unchanged[i]);
            if (expected[i] < middle * 0.98 || expected[i] >= middle)
                Assert.Equal(expected[i] < middle, fooled[i]);
        }
    }

    [Theory]
    [InlineData("fab")]
    [InlineData("fab-t")]
    public void Minimize_TargetBehindAnotherClass_ReachesTheTarget(string name)
    {
        // Along the first pixel class 0 is followed by class 1, and class 2 comes behind it.
        using LinearModel model = new(tensor(new double[,] { { 0, 0 }, { 1, 0 }, { 3, 0 } }), tensor(new[] { 0, -0.3, -1.5 }));
        Tensor images = zeros([1, 1, 1, 2], ScalarType.Float64).Plus(0.1);
        using MinimalPerturbations found = Attack(name).Minimize(
            new AttackContext(model, images, zeros(1, ScalarType.Int64), ThreatModel.L2(1)) { Targets = tensor(new long[] { 2 }) });
        Assert.Equal(2, model.call(found.Images).argmax(1).item<long>());
        Assert.InRange(found.Distances.Number(), 0.5 * 0.9999, 0.5 * 1.02); // 3 x - 1.5 = x - 0.3 at x = 0.6
    }

    [Theory]
    [InlineData("linf")]
    [InlineData("l2")]
    [InlineData("l1")]
    public void Minimize_SecondWalk_StartsAtHalfTheSmallerOfEpsilonAndTheNearestSoFar(string norm)
    {
        using LinearModel model = FiveClasses(ScalarType.Float64);
        Tensor images = Images(6, ScalarType.Float64).Times(0.1).Plus(0.45), labels = model.call(images).argmax(1);
        double epsilon = NearestBoundaries(model, images, labels, Threat(norm, 1)).Order().ElementAt(3);
        List<Tensor> seen = [];
        Lambda spy = new(input => { seen.Add(input.detach().clone().DetachFromDisposeScope()); return model.forward(input); });
        ThreatModel threat = Threat(norm, epsilon);
        Fab attack = new() { Steps = 10 };
        AttackContext context = new(spy, images, labels, threat);
        using MinimalPerturbations once = attack.Minimize(context);
        seen.Clear();
        using MinimalPerturbations twice = (attack with { Restarts = 2 }).Minimize(context);

        // The unchanged images, two passes for each step of the first walk, and then the second walk's start.
        double[] start = Numbers(threat.Distance(seen[1 + 2 * attack.Steps], images)), nearest = Numbers(once.Distances), after = Numbers(twice.Distances);
        for (int i = 0; i < 6; i++)
        {
            Assert.Equal(Math.Min(nearest[i], epsilon) / 2, start[i], 1e-6);
            Assert.True(after[i] <= nearest[i]);
        }
        seen.ForEach(tensor => tensor.Dispose());
    }

    [Fact]
    public void TargetedFab_Bounded_LeavesOutWhatFellWhileMinimizeGoesOn()
    {
        using LinearModel model = FiveClasses(ScalarType.Float64);
        Tensor images = Images(1, ScalarType.Float64), labels = model.call(images).argmax(1);
        AttackContext context = new(model, images, labels, ThreatModel.L2(1));
        TargetedFab attack = new() { Steps = 10 };
        int before = model.Calls;
        attack.Perturb(context).Dispose();
        int bounded = model.Calls - before;
        attack.Minimize(context).Dispose();
        // The unchanged image, then two passes a step: for one class, or for all four.
        Assert.Equal((1 + 20, 1 + 80), (bounded, model.Calls - before - bounded));
    }

    [Theory]
    [InlineData("fab")]
    [InlineData("fab-t")]
    public void Minimize_AnExampleAloneOrInABatch_GivesTheSameImage(string name)
    {
        using AttackVectorCase vector = new("attack_fgsm");
        IMinimumNormAttack attack = name == "fab" ? new Fab { Steps = 6, Restarts = 2 } : new TargetedFab { Steps = 6, Restarts = 2, TargetClasses = 2 };
        AttackContext context = vector.Context(ThreatModel.Linf(8, outOf: 255));
        using MinimalPerturbations all = attack.Minimize(context);
        for (int i = 0; i < 8; i += 3)
        {
            using MinimalPerturbations alone = attack.Minimize(context with
            {
                Images = vector.Images.narrow(0, i, 1),
                Labels = vector.Labels.narrow(0, i, 1),
                Examples = [i],
            });
            Assert.True((alone.Images - all.Images.narrow(0, i, 1)).abs().max().Number() < 1e-9, $"example {i} depends on its batch");
        }
    }

    [Theory]
    [InlineData("fab")]
    [InlineData("fab-t")]
    [InlineData("deepfool")]
    public void Minimize_ViewThatErrs_CountsOnlyWhatTheModuleSays(string name)
    {
        using LinearModel module = FiveClasses(ScalarType.Float64);
        using MisleadingView model = new(module);
        Tensor images = Images(6, ScalarType.Float64), labels = module.call(images).argmax(1);
        using MinimalPerturbations found = Attack(name).Minimize(new AttackContext(model, images, labels, ThreatModel.L2(1)));
        Tensor fooled = module.call(found.Images).argmax(1).ne(labels);
        Assert.True(fooled.eq(found.Distances.isfinite()).all().item<bool>(), "a distance must belong to an image that fools the module");
        Assert.True(fooled.any().item<bool>());
    }

    [Theory]
    [InlineData("fab")]
    [InlineData("fab-t")]
    public void Perturb_EverythingBeyondEpsilon_AsksTheModuleOnlyOnce(string name)
    {
        using LinearModel module = FiveClasses(ScalarType.Float64);
        using MisleadingView model = new(module);
        Tensor images = Images(6, ScalarType.Float64), labels = module.call(images).argmax(1);
        Attack(name).Perturb(new AttackContext(model, images, labels, ThreatModel.L2(1e-4))).Dispose();
        Assert.Equal(6, model.ImagesSeen); // the verdicts on the unchanged images; steps run on the view
    }

    [Theory]
    [InlineData("fab")]
    [InlineData("fab-t")]
    [InlineData("deepfool")]
    public void Perturb_GradientIsNaN_SaysSo(string name)
    {
        Lambda model = new(images => (images - images).sqrt().Times(0).flatten(1).Plus(images.flatten(1)));
        AttackContext context = new(model, tensor(new[] { 0.6f, 0.4f }).reshape(1, 1, 1, 2), zeros(1, ScalarType.Int64), ThreatModel.L2(0.1));
        Assert.Throws<NonFiniteGradientException>(() => Attack(name).Perturb(context));
    }

    [Theory]
    [InlineData("fab", "FAB-30")]
    [InlineData("fab-t", "FAB-T 9 x 30")]
    [InlineData("deepfool", "DeepFool")]
    public void Perturb_NormWithoutHyperplanes_SaysWhatIsMissing(string name, string called)
    {
        OtherNorm threat = new() { Epsilon = 1 };
        AttackContext context = new(new Lambda(images => images.flatten(1)), zeros([1, 1, 1, 2]), zeros(1, ScalarType.Int64), threat);
        string expected = $"{called} needs a norm that knows the shortest move onto a hyperplane in [0, 1], got other. "
            + "Implement IHyperplaneProjection in OtherNorm, or take an attack for every norm, such as PGD or APGD.";
        Assert.StartsWith(expected, Assert.Throws<ArgumentException>(() => Attack(name).Perturb(context)).Message);
        Assert.StartsWith(expected, Assert.Throws<ArgumentException>(() => Attack(name).Minimize(context)).Message);
        Assert.Equal(expected, Assert.Single(Attack(name).ProblemsUnder(threat)).Message);
        Assert.Empty(Attack(name).ProblemsUnder(ThreatModel.L1(1)));
    }

    [Fact]
    public void Problems_WrongConstants_AreAllReported() => Assert.Equal(
        [nameof(Fab.Steps), nameof(Fab.Restarts), nameof(Fab.MaxBias), nameof(Fab.Overshoot), nameof(Fab.Beta)],
        new Fab { Steps = 0, Restarts = 0, MaxBias = 1.5, Overshoot = 0, Beta = 1 }.Problems().Select(problem => problem.Subject));

    internal static LinearModel FiveClasses(ScalarType dtype) => new(
        RandomStream.From(21).Normal([0, 1, 2, 3, 4], [3 * 4 * 4], dtype), RandomStream.From(22).Normal([0], [5], dtype)[0]);

    // Some pixels at 0 and 1, so that the box matters.
    internal static Tensor Images(int count, ScalarType dtype) =>
        RandomStream.From(23).Uniform([.. Enumerable.Range(0, count).Select(i => (long)i)], [3, 4, 4], dtype).Times(1.2).Minus(0.1).Clamped(0, 1);

    internal static ThreatModel Threat(string norm, double epsilon) => norm switch
    {
        "linf" => ThreatModel.Linf(epsilon),
        "l2" => ThreatModel.L2(epsilon),
        _ => ThreatModel.L1(epsilon),
    };

    /// <summary>On a linear model: the least of the exact moves in the box onto the boundaries with the other classes.</summary>
    internal static double[] NearestBoundaries(LinearModel model, Tensor images, Tensor labels, ThreatModel threat)
    {
        IHyperplaneProjection hyperplanes = (IHyperplaneProjection)threat;
        Tensor logits = model.call(images), flat = images.flatten(1);
        List<Tensor> lengths = [];
        for (long other = 0; other < logits.shape[1]; other++)
        {
            Tensor normals = model.Weight[other].unsqueeze(0) - model.Weight.index_select(0, labels);
            Tensor values = logits.select(1, other) - logits.gather(1, labels.unsqueeze(1)).squeeze(1);
            Tensor moves = hyperplanes.ToHyperplane(flat, normals, values), reached = values.Plus((normals * moves).sum(1)).abs().IsBelow(1e-4);
            Tensor length = threat.Length(moves);
            lengths.Add(where(reached & labels.IsEqualTo(other).logical_not(), length, length.FilledLike(double.PositiveInfinity)));
        }
        return Numbers(stack(lengths).amin([0]));
    }

    internal static double[] Numbers(Tensor tensor) => [.. tensor.to(ScalarType.Float64).data<double>()];

    private static IMinimumNormAttack Attack(string name) => name switch
    {
        "fab" => new Fab { Steps = 30 },
        "fab-t" => new TargetedFab { Steps = 30 },
        _ => new DeepFool(),
    };

    /// <summary>A model whose view takes classes 1 and 2 for nearer than they are.</summary>
    private sealed class MisleadingView(LinearModel module) : nn.Module<Tensor, Tensor>(nameof(MisleadingView)), IFreezable
    {
        public long ImagesSeen { get; private set; }

        public override Tensor forward(Tensor input)
        {
            ImagesSeen += input.shape[0];
            return module.forward(input);
        }

        public FrozenNetwork Freeze() => new(input => module.forward(input).Plus(tensor(new[] { 0, 0.02, 0.05, 0, 0 })));
    }

    private sealed record OtherNorm : ThreatModel
    {
        public override string Norm => "other";

        public override double Tolerance => 0;

        public override Tensor Distance(Tensor candidates, Tensor images) => throw new NotSupportedException();

        public override Tensor RandomStart(Tensor images, RandomStream noise, ReadOnlySpan<long> examples) => throw new NotSupportedException();

        public override Tensor SteepestDirection(Tensor gradient) => throw new NotSupportedException();

        public override Tensor Project(Tensor candidates, Tensor images) => throw new NotSupportedException();
    }
}
