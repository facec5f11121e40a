using RobustWrn.Attacks;
using RobustWrn.Core;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Training.Tests;

public class WeightPerturbationTests
{
    /// <summary>The guard judges when the images are found, which is before the weights are perturbed.</summary>
    [Fact]
    public void Fit_FastAdversarial_TellsWhatItsGuardSaw()
    {
        using Classifier classifier = Small.Network.Build(1), plain = Small.Network.Build(1);
        TrainingRecipe recipe = Small.Recipe with { Epochs = 1, Perturbation = new AdversarialWeightPerturbation { Gamma = 0.005 } };

        TrainingResult result = Small.Fit(classifier, new FastAdversarial(), recipe), without = Small.Fit(plain, new FastAdversarial(), recipe with { Perturbation = null });

        Assert.Equal(["robust", "gap", "fallback"], result.Last.Parts.Select(part => part.Name));
        Assert.Equal(without.Last.Parts.Select(part => part.Name), result.Last.Parts.Select(part => part.Name));
    }

    private const double Gamma = 0.05, Rate = 0.1;

    private static readonly TrainingRecipe OneStep = Small.Recipe with
    {
        Epochs = 1,
        BatchSize = 50,
        LearningRate = Rate,
        Schedule = new ConstantRate(),
        GradientNormClip = null,
        Optimizer = new Sgd { Momentum = 0, WeightDecay = 0 },
        Perturbation = new AdversarialWeightPerturbation { Gamma = Gamma },
    };

    [Fact]
    public void PerturbedWeights_Made_MoveByGammaTimesTheirLength()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter matrix = new(tensor(new double[,] { { 3, 0 }, { 0, 4 } })), vector = new(tensor(new double[] { 1, 2 })), unreached = new(ones([2, 2], ScalarType.Float64));

        PerturbedWeights perturbed = new([matrix, vector, unreached], [tensor(new double[,] { { 0, 2 }, { 0, 0 } }), ones(2, ScalarType.Float64), null], 0.1);

        // |w| = 5, so it moves by 0.5 along the gradient's direction.
        Assert.Equal([3, 0.5, 0, 4], matrix.data<double>().ToArray());
        Assert.Equal([1, 2], vector.data<double>().ToArray());
        Assert.Equal([1, 1, 1, 1], unreached.data<double>().ToArray());
        perturbed.Undo();
        Assert.Equal([3, 0, 0, 4], matrix.data<double>().ToArray());
    }

    [Fact]
    public void PerturbedWeights_TakenBackAfterAStep_KeepTheStep()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter matrix = new(tensor(new double[,] { { 4, 0 }, { 0, 3 } }));
        PerturbedWeights perturbed = new([matrix], [tensor(new double[,] { { 1, 0 }, { 0, 0 } })], 0.5);
        using (no_grad())
            matrix.PlusInPlace(1);

        perturbed.TakeBack();

        Assert.Equal([5, 1, 1, 4], matrix.data<double>().ToArray());
    }

    /// <summary>The step written out by hand: w - rate * grad(w + gamma |w| g / |g|), with the attack's images of w.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData(20)]
    public void Fit_OneStep_DescendsFromTheWorstNeighbour(int? microBatch)
    {
        using DisposeScope scope = NewDisposeScope();
        using Classifier actual = Small.Network.Build(1), expected = Small.Network.Build(1);
        foreach (Classifier classifier in (Classifier[])[actual, expected])
            classifier.to(ScalarType.Float64);
        Recorder recorder = new();
        TrainingRecipe recipe = OneStep with { MicroBatchSize = microBatch };

        Small.Fit(actual, new Trades { InnerAttack = recorder }, recipe);

        Assert.Equal(microBatch is null ? 1 : 3, recorder.Attacks.Count); // once for each part, not once for each pass
        expected.train();
        Parameter[] parameters = [.. expected.Network.parameters()];
        Tensor[] buffers = [.. expected.Network.named_buffers().Select(pair => pair.buffer)], before = [.. buffers.Select(buffer => buffer.clone())];
        Tensor[] direction = Gradients(), start = [.. parameters.Select(parameter => parameter.detach().clone())];
        using (no_grad())
        {
            foreach ((Tensor buffer, Tensor kept) in buffers.Zip(before))
                buffer.copy_(kept);
            foreach ((Parameter parameter, Tensor gradient) in parameters.Zip(direction).Where(pair => pair.First.dim() >= 2))
                parameter.PlusInPlace(gradient, Gamma * parameter.norm().Number() / gradient.norm().Number());
        }
        Tensor[] gradients = Gradients();
        foreach ((Parameter parameter, Tensor from, Tensor gradient) in parameters.Zip(start, gradients))
        {
            using IDisposable guard = no_grad();
            parameter.copy_(from.Plus(gradient.Times(-Rate)));
        }
        Dictionary<string, Tensor> given = actual.Network.state_dict();
        foreach ((string name, Tensor tensor) in expected.Network.state_dict())
            Assert.True(tensor.allclose(given[name], rtol: 1e-9, atol: 1e-11), name);

        Tensor[] Gradients()
        {
            Tensor[] sum = [.. parameters.Select(parameter => zeros_like(parameter, requires_grad: false))];
            foreach ((AttackContext context, Tensor adversarial) in recorder.Attacks)
            {
                using ObjectiveLoss loss = new Trades().Evaluate(new ObjectiveContext(expected, context.Images, context.Labels, Small.Threat) { Adversarial = adversarial });
                IList<Tensor> parts = autograd.grad([loss.Total], parameters);
                for (int i = 0; i < sum.Length; i++)
                    sum[i] = sum[i].Plus(parts[i].Times(context.Images.shape[0] / 50.0));
            }
            return sum;
        }
    }

    [Fact]
    public void Fit_BeforeItsFirstEpoch_IsTheTrainingWithout()
    {
        using Classifier without = Small.Network.Build(1), later = Small.Network.Build(1), at = Small.Network.Build(1);
        AdversarialWeightPerturbation last = new() { FromEpoch = 3 };

        Small.Fit(without, new Madry { InnerAttack = Madry.DefaultAttack with { Steps = 1 } });
        Small.Fit(later, new Madry { InnerAttack = Madry.DefaultAttack with { Steps = 1 } }, Small.Recipe with { Perturbation = last });
        Small.Fit(at, new Madry { InnerAttack = Madry.DefaultAttack with { Steps = 1 } }, Small.Recipe with { Perturbation = last with { FromEpoch = 0 } });

        Small.AssertSameWeights(without, later);
        Assert.False(Small.SameBits(without.Network.state_dict()["fc.weight"], at.Network.state_dict()["fc.weight"]));
    }

    [Fact]
    public void Fit_LossThatIsNotFiniteAtTheWorstNeighbour_LeavesTheWeightsOfBefore()
    {
        using Classifier classifier = Small.Network.Build(1), untouched = Small.Network.Build(1);

        // The second evaluation is the first step's second pass.
        Assert.Throws<TrainingDivergedException>(() => Small.Fit(classifier, new Poisoned(step: 2, double.NaN), OneStep));

        Small.AssertSame(
            untouched.Network.named_parameters().Select(pair => KeyValuePair.Create(pair.name, (Tensor)pair.parameter)),
            classifier.Network.named_parameters().Select(pair => KeyValuePair.Create(pair.name, (Tensor)pair.parameter)));
    }

    [Theory]
    [InlineData("madry")]
    [InlineData("trades")]
    [InlineData("mart")]
    public void Evaluate_ImagesOfAnEarlierAttack_AreTakenInItsPlace(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        using Classifier classifier = Small.Network.Build(1);
        IRobustObjective objective = DescriptionJson.Read<IRobustObjective>($$"""{"version": 1, "type": "{{name}}"}""");
        using ImageBatch batch = new Bars(8, 1).Read([0, 1, 2, 3]);
        ObjectiveContext context = new(classifier, batch.Images, batch.Labels, Small.Threat);
        using ObjectiveLoss first = objective.Evaluate(context), second = objective.Evaluate(context with { Adversarial = batch.Images });

        Assert.True(Small.SameBits(batch.Images, second.Adversarial!));
        Assert.False(Small.SameBits(batch.Images, first.Adversarial!));
    }

    [Fact]
    public void Problems_OutOfRange_NameTheirParts() =>
        Assert.Equal(["Gamma", "FromEpoch"], new AdversarialWeightPerturbation { Gamma = 0, FromEpoch = -1 }.Problems().Select(problem => problem.Subject));

    /// <summary>An attack that writes down what it was asked and what it gave.</summary>
    private sealed class Recorder : IAttack
    {
        public List<(AttackContext Context, Tensor Adversarial)> Attacks { get; } = [];

        public string Name => "recorder";

        public long MaxGradients => 0;

        public IAttack WithEffort(double share) => this;

        public Tensor Perturb(AttackContext context, CancellationToken cancellationToken = default)
        {
            Tensor adversarial = context.Images.Plus(0.01).Clamped(0, 1);
            Attacks.Add((context with { Images = context.Images.clone().DetachFromDisposeScope(), Labels = context.Labels.clone().DetachFromDisposeScope() }, adversarial.clone().DetachFromDisposeScope()));
            return adversarial;
        }

        public IEnumerable<Problem> Problems() => [];
    }
}
