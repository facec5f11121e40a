using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>The loop of gradient ascent: what it asks the model, what it tells the rule, whom it lets go.</summary>
public sealed class AscentLoopTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    /// <summary>A pass a step, and one more where the last point may be the best one.</summary>
    [Theory]
    [InlineData(false, 4)]
    [InlineData(true, 5)]
    public void Run_OfFourSteps_AsksTheModelOnceAStep(bool keepsBest, int passes)
    {
        using LinearModel model = LinearModel.TwoClasses(12);
        AttackContext context = Standing(model);
        int before = model.Calls;

        new GradientAscent(new CrossEntropy(), keepsBest ? new AdaptiveStep() : new ConstantStep(0.001), Steps: 4).Run(context);

        Assert.Equal(passes, model.Calls - before);
    }

    [Fact]
    public void Run_LossThatChangesWithTheStep_IsAskedForEachStep()
    {
        using LinearModel model = LinearModel.TwoClasses(12);
        List<int> asked = [];

        new GradientAscent(new Recording(asked), new ConstantStep(0.001), Steps: 4).Run(Standing(model));

        Assert.Equal([0, 1, 2, 3], asked);
    }

    /// <summary>The reference of a loss is where the ascent starts when it says so, in each run anew.</summary>
    [Fact]
    public void BestOf_LossThatComparesWithTheStart_GetsTheLogitsOfEachStart()
    {
        using LinearModel model = LinearModel.TwoClasses(12, dtype: ScalarType.Float64);
        AttackContext context = Standing(model, ScalarType.Float64);
        List<double> references = [];

        new GradientAscent(new ComparingWithStart(references), new ConstantStep(0.001), Steps: 1).BestOf(2, context);

        double[] starts = [.. Enumerable.Range(0, 2).Select(restart =>
            model.call(new RandomStart().From(context, context.Noise.For("start").At(restart)))[0, 1].item<double>())];
        Assert.Equal(starts, references.Distinct());
    }

    /// <summary>Whom the rule's best points fool leaves the run, with the first of them; the rule sees the rest.</summary>
    [Fact]
    public void Run_RuleThatKeepsTheBest_SeesOnlyWhatIsLeft()
    {
        using FallingBatch batch = new(30, ScalarType.Float64);
        AttackContext context = new(batch.Model, batch.Images, batch.Labels, FallingBatch.Threat("linf"));
        List<long> sizes = [];

        Tensor found = new GradientAscent(new CrossEntropy(), new Watching(sizes), Steps: 8).Run(context);

        long fooled = context.Goal().Reached(batch.Model.call(found)).sum().item<long>();
        Assert.InRange(fooled, 3, 27);
        Assert.Equal(30 - fooled, sizes[^1]);
        Assert.Equal(sizes.OrderDescending(), sizes);
    }

    // Two images that stay right.
    private static AttackContext Standing(LinearModel model, ScalarType dtype = ScalarType.Float32)
    {
        Tensor images = RandomStream.From(3).Uniform([0, 1], [3, 2, 2], dtype).Times(0.5).Plus(0.25);
        return new AttackContext(model, images, model.call(images).argmax(1), ThreatModel.Linf(1e-4));
    }

    private sealed record Recording(List<int> Asked) : IAttackLoss
    {
        public IAttackLoss At(int step)
        {
            Asked.Add(step);
            return new Margin();
        }

        public Tensor PerExample(Tensor logits, AttackGoal goal) => throw new NotSupportedException("the loss of a step is another");

        public IEnumerable<Problem> Problems() => [];
    }

    private sealed record ComparingWithStart(List<double> References) : IAttackLoss
    {
        public bool NeedsCleanLogits => true;

        public bool ComparesWithStart => true;

        public Tensor PerExample(Tensor logits, AttackGoal goal)
        {
            References.Add(goal.CleanLogits![0, 1].item<double>());
            return new Margin().PerExample(logits, goal);
        }

        public IEnumerable<Problem> Problems() => [];
    }

    private sealed record Watching(List<long> Sizes) : IStepRule
    {
        public bool KeepsBest => true;

        public AscentUpdate Begin(AscentRun run) => new Update(new SteepestUpdate(run, _ => run.Threat.Epsilon / 4), Sizes);

        public IEnumerable<Problem> Problems() => [];

        private sealed class Update(SteepestUpdate steps, List<long> sizes) : AscentUpdate
        {
            public override Tensor StepSize => steps.StepSize;

            public override Tensor Next(Tensor point, Tensor gradient) => steps.Next(point, gradient);

            public override Tensor? Adapt(Tensor loss, Tensor rank, (Tensor Point, Tensor Rank) best)
            {
                Assert.Equal(loss.shape[0], best.Point.shape[0]);
                Assert.True(best.Rank.ge(rank).all().item<bool>());
                sizes.Add(loss.shape[0]);
                return null;
            }
        }
    }
}
