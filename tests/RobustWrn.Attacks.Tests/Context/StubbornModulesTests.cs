using RobustWrn.Core;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>Modes, gradient flags and buffers come back whatever the model does, and <see cref="AttackedModel.Dispose"/> neither hangs nor throws.</summary>
public sealed class StubbornModulesTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Constructor_PartWhoseTrainThrows_LeavesEveryFlagAsItWas(int throwing)
    {
        Stubborn[] parts = [.. Enumerable.Range(0, 3).Select(_ => new Stubborn())];
        Sequential model = nn.Sequential(parts[0], parts[1], parts[2], Norm());
        parts[throwing].OnTrain = (_, on) => { if (!on) throw new NotSupportedException("no evaluation here"); };
        Assert.Equal("no evaluation here", Assert.Throws<NotSupportedException>(() => new AttackedModel(model)).Message);
        Assert.All(model.modules().Prepend(model), module => Assert.True(module.training));
        Assert.All(model.parameters(), parameter => Assert.True(parameter.requires_grad));
        parts[throwing].OnTrain = null;
        using AttackedModel again = new(model); // and the hold was given back
    }

    [Fact]
    public void Constructor_FreezeThatThrows_LeavesEveryFlagAsItWas()
    {
        Frozen model = new();
        Assert.Equal("cannot be frozen", Assert.Throws<NotSupportedException>(() => new AttackedModel(model)).Message);
        Assert.True(model.training && model.parameters().All(parameter => parameter.requires_grad));
        using AttackedModel verdicts = new(model, steers: false);
    }

    /// <summary>It made Dispose spin for ever.</summary>
    [Fact]
    public void Dispose_PartThatKeepsAModeOfItsOwn_EndsAndGivesTheFlagBack()
    {
        Stubborn keeper = new(), parent = new(keeper);
        Sequential model = nn.Sequential(parent, new Stubborn());
        keeper.OnTrain = (module, _) => module.Plain(false);
        Assert.True(model.training && parent.training && keeper.training);
        AttackedModel attacked = new(model);
        attacked.Dispose();
        Assert.Empty(attacked.NotRestored);
        Assert.True(model.training && parent.training && keeper.training);
    }

    [Fact]
    public void Dispose_PartWhoseTrainThrows_GivesTheFlagBackAndThrowsNothing()
    {
        Stubborn part = new();
        Sequential model = nn.Sequential(part, nn.Dropout());
        AttackedModel attacked = new(model);
        part.OnTrain = (_, _) => throw new NotSupportedException();
        attacked.Dispose();
        Assert.Empty(attacked.NotRestored);
        Assert.All(model.modules().Prepend(model), module => Assert.True(module.training));
    }

    [Fact]
    public void Dispose_FlagThatNothingSets_IsTold()
    {
        Liar liar = new();
        AttackedModel attacked = new(nn.Sequential(liar, nn.Dropout()));
        liar.Says = false;
        attacked.Dispose();
        Assert.StartsWith("0 stays in evaluation mode", Assert.Single(attacked.NotRestored));
    }

    [Fact]
    public void Dispose_BufferThatTheModelDisposed_IsToldAndTheRestComesBack()
    {
        Sequential model = nn.Sequential(Norm(), Norm());
        AttackedModel attacked = new(model);
        model.named_buffers().First().buffer.Dispose();
        model.named_buffers().Last().buffer.FillInPlace(77);
        attacked.Dispose();
        Assert.StartsWith("0.running_mean", Assert.Single(attacked.NotRestored));
        Assert.Equal(0, model.named_buffers().Last().buffer.WholeNumber());
        Assert.True(model.training && model.parameters().All(parameter => parameter.requires_grad));
    }

    [Fact]
    public void Dispose_Twice_ChangesNothingTheSecondTime()
    {
        Sequential model = nn.Sequential(Norm());
        AttackedModel attacked = new(model);
        attacked.Dispose();
        model.eval();
        attacked.Dispose();
        Assert.False(model.training);
        Assert.Throws<ObjectDisposedException>(() => attacked.Logits(zeros([1, 3, 2, 2])));
    }

    [Fact]
    public void Run_ModelThatCannotBeBroughtBack_SaysSoInTheResult()
    {
        Liar liar = new() { Says = true };
        Sequential model = nn.Sequential(liar, nn.Flatten(), LinearModel.TwoClasses(16, shift: 100));
        TensorSource images = new(zeros([4, 1, 4, 4]).Plus(0.5f), ones(4, ScalarType.Int64));
        liar.AfterCalls = 3; // the clean images, the gradient, and the verdict
        RobustnessResult result = RobustnessEvaluation.Run(model, images, ThreatModel.Linf(0.01), AttackSuite.Of("fgsm", new Fgsm()), new EvaluationOptions { Audit = null });
        Assert.StartsWith("The model is not as it was before: 0 stays", Assert.Single(result.Notices));
    }

    private static nn.Module<Tensor, Tensor> Norm() => new BatchNormalization().Build(3);

    private sealed class Stubborn : nn.Module<Tensor, Tensor>
    {
        private readonly Linear _weights = nn.Linear(2, 2);

        public Stubborn(params Stubborn[] children)
            : base(nameof(Stubborn))
        {
            register_module("weights", _weights);
            for (int i = 0; i < children.Length; i++)
                register_module($"child{i}", children[i]);
        }

        public Action<Stubborn, bool>? OnTrain { get; set; }

        public void Plain(bool on) => base.train(on);

        public override void train(bool on = true)
        {
            if (OnTrain is { } action)
                action(this, on);
            else
                base.train(on);
        }

        public override Tensor forward(Tensor input) => input.alias();
    }

    private sealed class Liar() : nn.Module<Tensor, Tensor>(nameof(Liar))
    {
        private int _calls;

        public bool? Says { get; set; }

        public int AfterCalls { get; set; } = int.MaxValue;

        public override bool training => Says ?? base.training;

        public override Tensor forward(Tensor input)
        {
            if (++_calls == AfterCalls)
                Says = false;
            return input.alias();
        }
    }

    private sealed class Frozen : nn.Module<Tensor, Tensor>, IFreezable
    {
        private readonly Linear _weights = nn.Linear(2, 2);

        public Frozen()
            : base(nameof(Frozen)) => RegisterComponents();

        public FrozenNetwork? Freeze() => throw new NotSupportedException("cannot be frozen");

        public override Tensor forward(Tensor input) => _weights.call(input.flatten(1));
    }
}
