using RobustWrn.Core;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>Whoever runs somebody's attack believes nothing of it.</summary>
public sealed class VerifiedAttackTests : IDisposable
{
    private static readonly LinfThreat Threat = ThreatModel.Linf(8, outOf: 255);
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly LinearModel _model = LinearModel.TwoClasses(16, shift: 100);
    private readonly AttackContext _context;

    public VerifiedAttackTests() => _context = new AttackContext(_model, zeros([4, 1, 4, 4]).Plus(0.5f), ones(4, ScalarType.Int64), Threat) { Surrogate = _model };

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void PerturbVerified_SoundAttack_ReturnsWhatItReturns()
    {
        using Tensor plain = new Pgd { Steps = 3 }.Perturb(_context), verified = new Pgd { Steps = 3 }.PerturbVerified(_context);
        Assert.True(plain.eq(verified).all().item<bool>());
    }

    /// <summary>Every attack that wraps another one passed its images on unchecked.</summary>
    [Fact]
    public void Perturb_WrapperOfALyingAttack_IsRefusedByTheNameOfTheLiar()
    {
        Lying liar = new(context => context.Images.Plus(0.3).ClampInPlace(0, 1));
        foreach (IAttack wrapper in (IAttack[])[new Transfer { Attack = liar }, new ExpectationOverTransformation { Attack = liar }, new MinimalEpsilon { Attack = liar }])
            Assert.Equal("lying", Assert.Throws<AttackRefusedException>(() => wrapper.Perturb(_context)).Attack);
    }

    [Fact]
    public void PerturbVerified_AttackThatLeavesAnotherMode_IsRefusedAndTheModeComesBack()
    {
        Sequential model = nn.Sequential(nn.Flatten(), nn.Dropout(), nn.Linear(16, 2));
        foreach ((Action<nn.Module> leave, string words) in ((Action<nn.Module>, string)[])[(module => module.eval(), "is in evaluation mode"), (module => { foreach (Parameter p in module.parameters()) p.requires_grad_(false); }, "takes no gradients")])
        {
            Lying attack = new(context => { leave(context.Model); return context.Images.clone(); });
            AttackRefusedException refusal = Assert.Throws<AttackRefusedException>(() => attack.PerturbVerified(_context with { Model = model }));
            Assert.Contains(words, refusal.Message);
            Assert.True(model.modules().All(module => module.training) && model.parameters().All(parameter => parameter.requires_grad));
        }
    }

    [Fact]
    public void PerturbVerified_AttackThatThrowsHalfWay_LeavesTheModelAsItWas()
    {
        Lying attack = new(context => { context.Model.eval(); throw new NotSupportedException(); });
        Assert.Throws<NotSupportedException>(() => attack.PerturbVerified(_context));
        Assert.True(_model.training);
    }

    [Fact]
    public void Run_AttackThatSwitchesTheModelToTraining_CannotDecideTheVerdict()
    {
        Lying attack = new(context => { context.Model.train(); return context.Images.clone(); });
        TensorSource images = new(_context.Images, _context.Labels);
        Assert.Contains("is in training mode", Assert.Throws<AttackRefusedException>(() => RobustnessEvaluation.Run(_model, images, Threat, AttackSuite.Of("liar", attack))).Message);
    }

    [Fact]
    public void PerturbVerified_AttackThatKeepsWhatItReturned_CannotChangeItAfterwards()
    {
        Tensor? kept = null;
        using Tensor moved = new Lying(context => (kept = context.Images.clone()).alias()).PerturbVerified(_context);
        if (!kept!.IsInvalid)
            kept.FillInPlace(0);
        Assert.True(moved.eq(_context.Images).all().item<bool>());
    }

    [Fact]
    public void PerturbVerified_AttackThatWritesIntoEverythingItIsGiven_ChangesNothingOfTheCallers()
    {
        Tensor images = _context.Images.clone(), labels = _context.Labels.clone(), targets = zeros(4, ScalarType.Int64), start = _context.Images.clone();
        Lying attack = new(context =>
        {
            Tensor result = context.Images.clone();
            context.Images.FillInPlace(0);
            context.Labels.FillInPlace(0);
            context.Targets!.FillInPlace(1);
            context.Start!.FillInPlace(0);
            return result;
        });
        attack.PerturbVerified(_context with { Targets = targets, Start = start }).Dispose();
        Assert.True(_context.Images.eq(images).all().item<bool>() && _context.Labels.eq(labels).all().item<bool>() && start.eq(images).all().item<bool>());
        Assert.Equal(0, targets.sum().item<long>());
    }

    private sealed record Lying(Func<AttackContext, Tensor> Move) : IAttack
    {
        public string Name => "lying";

        public long MaxGradients => 1;

        public IAttack WithEffort(double share) => this;

        public Tensor Perturb(AttackContext context, CancellationToken cancellationToken = default) => Move(context);

        public IEnumerable<Problem> Problems() => [];
    }
}
