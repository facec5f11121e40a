using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

public sealed class AttackedModelTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Dispose_ChildOfTwoParentsWithOtherFlags_GivesEachItsOwnFlag()
    {
        // Every combination of flags of root, both parents, the child they share and its own child.
        for (int flags = 0; flags < 32; flags++)
        {
            Node leaf = new(), shared = new(leaf), first = new(shared), second = new(shared), root = new(first, second);
            Node[] all = [root, first, second, shared, leaf];
            for (int i = 0; i < all.Length; i++)
                all[i].Flag((flags & (1 << i)) != 0);

            AttackedModel attacked = new(root);
            Assert.All(all, node => Assert.False(node.training));
            attacked.Dispose();

            Assert.Equal(Enumerable.Range(0, 5).Select(i => (flags & (1 << i)) != 0), all.Select(node => node.training));
        }
    }

    [Fact]
    public void Gradient_ModelThatDetaches_SaysSo()
    {
        using AttackedModel attacked = new(new Lambda(images => images.detach().flatten(1)));
        InvalidOperationException refusal = Assert.Throws<InvalidOperationException>(
            () => attacked.Gradient(zeros([1, 1, 1, 2]).Plus(0.5f), new CrossEntropy(), new AttackGoal(zeros(1, ScalarType.Int64))));
        Assert.StartsWith("logits must depend on the pixels", refusal.Message);
    }

    /// <summary>The view of a model works in another layout. It must not reach the training step on the adversarial images, where it kills the process (decision 7).</summary>
    [Fact]
    public void Gradient_ModelWithAView_KeepsTheLayoutOfTheImages()
    {
        using Classifier classifier = WideResNetSpec.Of(stem: 4, depths: [1, 1], widths: [4, 8]).Build(1);
        Tensor images = rand(3, 3, 8, 8), labels = tensor([1L, 2, 3]);
        classifier.eval();
        using FrozenNetwork? view = classifier.Freeze();
        using AttackedModel model = new(classifier);
        using Tensor gradient = model.Gradient(images, new CrossEntropy(), new AttackGoal(labels));
        (Tensor _, Tensor together) = model.LogitsAndGradient(images, logits => logits.sum());

        Assert.NotNull(view);
        Assert.Equal(images.stride(), gradient.stride());
        Assert.Equal(images.stride(), together.stride());
    }

    [Fact]
    public void Gradient_ModelThatReturnsItsInput_IsTheLosssOwn()
    {
        using AttackedModel attacked = new(new Lambda(images => images.flatten(1)));
        Tensor gradient = attacked.Gradient(zeros([1, 1, 1, 2]).Plus(0.5f), new Margin(), new AttackGoal(zeros(1, ScalarType.Int64)));
        Assert.Equal([-1f, 1f], gradient.flatten().data<float>().ToArray());
    }

    [Fact]
    public void LogitsAndGradient_OnePass_AreThoseOfTwo()
    {
        int calls = 0;
        using AttackedModel attacked = new(new Lambda(images => { calls++; return images.flatten(1).Squared(); }));
        Tensor images = zeros([1, 1, 1, 2]).Plus(0.5f);
        AttackGoal goal = new(zeros(1, ScalarType.Int64));
        (Tensor logits, Tensor gradient) = attacked.LogitsAndGradient(images, z => new Margin().PerExample(z, goal).sum());
        Assert.Equal(1, calls);
        Assert.False(logits.requires_grad);
        Assert.True(logits.eq(attacked.Logits(images)).all().item<bool>() && gradient.eq(attacked.Gradient(images, new Margin(), goal)).all().item<bool>());
    }

    /// <summary>The view steers and the model decides: whom the view does not claim stays out, whom it claims wrongly too.</summary>
    [Fact]
    public void Confirmed_ModelWithAView_IsWhatTheModelSaysOfTheClaims()
    {
        using FallingBatch batch = new(4, ScalarType.Float32);
        using AttackedModel model = new(batch.Model);
        AttackGoal goal = new(batch.Labels.Plus(tensor([0L, 1, 1, 0])).Modulo(10)); // the second and third are wrong

        Tensor confirmed = model.Confirmed(tensor([true, true, false, false]), batch.Images, goal);

        Assert.True(model.HasView);
        Assert.Equal([false, true, false, false], confirmed.data<bool>().ToArray());
    }

    [Fact]
    public void Confirmed_ModelWithoutAView_IsNotAskedAgain()
    {
        using LinearModel linear = LinearModel.TwoClasses(4);
        using AttackedModel model = new(linear);

        Tensor confirmed = model.Confirmed(tensor([true, false]), zeros(2, 1, 2, 2), new AttackGoal(zeros(2, ScalarType.Int64)));

        Assert.Equal([true, false], confirmed.data<bool>().ToArray());
        Assert.Equal(0, linear.Calls);
    }

    [Fact]
    public void Logits_NaN_CountsTheImages()
    {
        using AttackedModel attacked = new(new Lambda(images => images.flatten(1).Minus(0.4).sqrt()));
        Tensor images = cat([zeros([2, 1, 1, 2]).Plus(0.5f), zeros([1, 1, 1, 2]).Plus(0.1f)]);
        NonFiniteLogitsException refusal = Assert.Throws<NonFiniteLogitsException>(() => attacked.Logits(images));
        Assert.Equal((1, 3), (refusal.Rows, refusal.Total));
    }

    [Fact]
    public void Gradient_NaNWhereLogitsAreFinite_SaysWhichOfTheTwo()
    {
        // The slope of the square root at 0 is infinite, and times 0 it is NaN.
        Lambda model = new(images => (images - images).sqrt().Times(0).flatten(1).Plus(images.flatten(1)));
        AttackContext context = new(model, zeros([1, 1, 1, 2]).Plus(0.5f), zeros(1, ScalarType.Int64), Core.ThreatModel.Linf(0.1));
        Assert.StartsWith("the gradient with respect to the pixels must be finite", Assert.Throws<NonFiniteGradientException>(() => new Pgd().Perturb(context)).Message);
        Assert.StartsWith("the gradient with respect to the pixels must be finite", Assert.Throws<NonFiniteGradientException>(() => new CwL2 { Steps = 3 }.Perturb(context)).Message);
    }

    /// <summary>A module whose flag can be set without its children's.</summary>
    private sealed class Node : nn.Module<Tensor, Tensor>
    {
        private readonly Node[] _children;

        public Node(params Node[] children)
            : base(nameof(Node))
        {
            _children = children;
            for (int i = 0; i < children.Length; i++)
                register_module($"child{i}", children[i]);
        }

        public void Flag(bool training)
        {
            bool[] below = [.. _children.Select(child => child.training)];
            train(training);
            foreach ((Node child, bool flag) in _children.Zip(below))
                child.Flag(flag);
        }

        public override Tensor forward(Tensor input) => input.alias();
    }
}
