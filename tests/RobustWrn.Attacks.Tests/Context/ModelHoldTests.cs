using System.Runtime.CompilerServices;
using RobustWrn.Core;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>One thread a model: another is refused by name, and whatever is left behind locks nothing for ever.</summary>
public sealed class ModelHoldTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly LinearModel _model = LinearModel.TwoClasses(16);

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void AttackedModel_SecondThread_IsRefusedByNameUntilTheFirstIsDone()
    {
        AttackedModel first = new(_model);
        ModelInUseException refusal = Assert.IsType<ModelInUseException>(Elsewhere(() => new AttackedModel(_model).Dispose()));
        Assert.Equal(nameof(LinearModel), refusal.Model);
        Assert.StartsWith($"LinearModel must be used by one thread at a time, got a second one while thread {Environment.CurrentManagedThreadId}", refusal.Message);
        Assert.Contains("attacks it. ", refusal.Message);
        first.Dispose();
        Assert.Null(Elsewhere(() => new AttackedModel(_model).Dispose()));
    }

    [Fact]
    public void AttackedModel_SameThread_NestsAndStaysHeldUntilTheOutermostIsDone()
    {
        AttackedModel outer = new(_model);
        using (AttackedModel middle = new(_model))
        using (new AttackedModel(_model))
            Assert.NotNull(Elsewhere(() => new AttackedModel(_model).Dispose()));
        Assert.IsType<ModelInUseException>(Elsewhere(() => new AttackedModel(_model).Dispose()));
        outer.Dispose();
        Assert.Null(Elsewhere(() => new AttackedModel(_model).Dispose()));
    }

    [Fact]
    public void AttackedModel_ModelsThatShareAPart_AreOne()
    {
        Linear shared = nn.Linear(16, 2), other = nn.Linear(16, 2);
        other.weight = shared.weight;
        Sequential one = nn.Sequential(nn.Flatten(), shared), two = nn.Sequential(nn.Flatten(), shared), tied = nn.Sequential(nn.Flatten(), other);
        using (new AttackedModel(one))
        {
            Assert.Contains("a model that shares Linear with it", Assert.IsType<ModelInUseException>(Elsewhere(() => new AttackedModel(two).Dispose())).Message);
            Assert.Contains("a model that shares a parameter with it", Assert.IsType<ModelInUseException>(Elsewhere(() => new AttackedModel(tied).Dispose())).Message);
            Assert.IsType<ModelInUseException>(Elsewhere(() => new AttackedModel(new Wrapper(shared)).Dispose()));
            Assert.Null(Elsewhere(() => new AttackedModel(nn.Sequential(nn.Flatten(), nn.Linear(16, 2))).Dispose()));
        }
        using Classifier classifier = WideResNetSpec.Of(stem: 4, depths: [1], widths: [4]).Build(1);
        using (new AttackedModel(classifier.Network))
            Assert.IsType<ModelInUseException>(Elsewhere(() => new AttackedModel(classifier).Dispose()));
        AttackContext context = new(classifier, zeros(1, 3, 8, 8), zeros(1, ScalarType.Int64), ThreatModel.Linf(0.1));
        using (new AttackedModel(context with { SteeringPrecision = ScalarType.BFloat16 }))
            Assert.IsType<ModelInUseException>(Elsewhere(() => new AttackedModel(context with { GradientDraws = 3 }).Dispose()));
    }

    [Fact]
    public void AttackedModel_ThreadThatDiedWithoutDisposing_LocksNothing()
    {
        AttackedModel? left = null;
        Assert.Null(Elsewhere(() => left = new AttackedModel(_model)));
        using AttackedModel next = new(_model);
        GC.KeepAlive(left);
    }

    [Fact]
    public void AttackedModel_ForgottenOnALivingThread_LocksNothing()
    {
        Forget(_model);
        for (int i = 0; i < 10 && Elsewhere(() => new AttackedModel(_model).Dispose()) is not null; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.Null(Elsewhere(() => new AttackedModel(_model).Dispose()));
    }

    [Fact]
    public void AttackedModel_ForgottenInsideAnother_GoesWithIt()
    {
        AttackedModel outer = new(_model), forgotten = new(_model);
        outer.Dispose();
        Assert.Null(Elsewhere(() => new AttackedModel(_model).Dispose()));
        GC.KeepAlive(forgotten);
    }

    [Fact]
    public void Dispose_OutermostFirst_LeavesNothingFrozen()
    {
        AttackedModel outer = new(_model), inner = new(_model);
        outer.Dispose();
        inner.Dispose();
        Assert.True(_model.training && _model.parameters().All(parameter => parameter.requires_grad));
    }

    /// <summary>What a dead thread left is disposed while another attacks: it must not switch the other's model to training.</summary>
    [Fact]
    public void Dispose_OfADeadThreadsWhileAnotherAttacks_ChangesNothing()
    {
        AttackedModel? left = null;
        Elsewhere(() => left = new AttackedModel(_model));
        using AttackedModel next = new(_model);
        left!.Dispose();
        Assert.False(_model.training);
        Assert.IsType<ModelInUseException>(Elsewhere(() => new AttackedModel(_model).Dispose()));
    }

    [Fact]
    public void Run_EvaluationElsewhere_IsRefusedBeforeItReadsAnImage()
    {
        TensorSource images = new(zeros([2, 1, 4, 4]).Plus(0.5f), ones(2, ScalarType.Int64));
        LinearModel other = LinearModel.TwoClasses(16);
        using AttackedModel surrogate = new(other);
        Exception? refusal = Elsewhere(() => RobustnessEvaluation.Run(_model, images, ThreatModel.Linf(0.1), AttackSuite.Of("fgsm", new Fgsm()), new EvaluationOptions { Surrogate = other }));
        Assert.IsType<ModelInUseException>(refusal);
        Assert.Equal(0, _model.Calls);
        Assert.Null(Elsewhere(() => new AttackedModel(_model).Dispose()));
    }

    [Fact]
    public void Dispose_OnAnotherThread_GivesTheHoldBack()
    {
        AttackedModel attacked = new(_model);
        Assert.Null(Elsewhere(attacked.Dispose));
        Assert.Null(Elsewhere(() => new AttackedModel(_model).Dispose()));
    }

    [Fact]
    public void ModelHold_ModelsThatAreGone_AreNotKeptAlive()
    {
        WeakReference gone = HoldAndForget();
        for (int i = 0; i < 10 && gone.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.False(gone.IsAlive);
    }

    /// <summary>Without the hold a model was left frozen in 44 of 60 such rounds.</summary>
    [Fact]
    public void Perturb_TwoThreadsAtOnce_NeverLeaveTheModelFrozen()
    {
        Tensor images = zeros([2, 1, 4, 4]).Plus(0.5f), labels = ones(2, ScalarType.Int64);
        _model.train();
        int refused = 0, attacked = 0;
        for (int round = 0; round < 60; round++)
        {
            using Barrier barrier = new(2);
            Thread[] threads = [.. Enumerable.Range(0, 2).Select(_ => new Thread(() =>
            {
                barrier.SignalAndWait();
                try
                {
                    new Pgd { Steps = 2 }.Perturb(new AttackContext(_model, images, labels, ThreatModel.Linf(0.1))).Dispose();
                    Interlocked.Increment(ref attacked);
                }
                catch (ModelInUseException)
                {
                    Interlocked.Increment(ref refused);
                }
            }))];
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => thread.Join());
            Assert.True(_model.training && _model.parameters().All(parameter => parameter.requires_grad), $"left frozen in round {round}");
        }
        Assert.Equal(120, refused + attacked);
        Assert.True(attacked >= 60);
    }

    private static Exception? Elsewhere(Action action)
    {
        Exception? thrown = null;
        Thread thread = new(() => thrown = Record.Exception(action));
        thread.Start();
        thread.Join();
        return thrown;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Forget(LinearModel model) => _ = new AttackedModel(model);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference HoldAndForget()
    {
        Lambda model = new(images => images);
        _ = new ModelHold(model, "attacks");
        return new WeakReference(model);
    }

    private sealed class Wrapper : nn.Module<Tensor, Tensor>
    {
        private readonly nn.Module<Tensor, Tensor> _inner;

        public Wrapper(nn.Module<Tensor, Tensor> inner)
            : base(nameof(Wrapper))
        {
            _inner = inner;
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => _inner.call(input.flatten(1));
    }
}
