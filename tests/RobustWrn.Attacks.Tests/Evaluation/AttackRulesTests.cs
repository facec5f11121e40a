using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>The evaluation refuses what breaks the threat model, whoever wrote the attack.</summary>
public sealed class AttackRulesTests : IDisposable
{
    private static readonly LinfThreat Threat = ThreatModel.Linf(8, outOf: 255);
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly LinearModel _model = LinearModel.TwoClasses(16, shift: 100);

    public static TheoryData<string> Faults() => ["too far", "out of the box", "nan", "input", "disposed", "input disposed", "one image", "double"];

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Faults))]
    public void Run_AttackThatBreaksARule_IsRefusedByName(string fault)
    {
        (Func<Tensor, Tensor> move, string rule) = Broken(fault);
        AttackRefusedException refusal = Assert.Throws<AttackRefusedException>(() => Evaluate(move));
        Assert.Equal("home-made", refusal.Attack);
        Assert.StartsWith("home-made is refused: ", refusal.Message);
        Assert.Contains(rule, refusal.Message);
    }

    [Fact]
    public void Run_AttackThatGoesTooFar_TellsTheDistance()
    {
        AttackRefusedException refusal = Assert.Throws<AttackRefusedException>(() => Evaluate(images => images.Plus(0.2)));
        Assert.Equal(0.2, refusal.Distance!.Value, 6);
    }

    [Fact]
    public void Run_AttackWithinRounding_IsAccepted()
    {
        RobustnessResult result = Evaluate(images => images.Plus(Threat.Epsilon + 0.5e-6));
        Assert.Equal(new Proportion(4, 4), result.Robust);
        Assert.Throws<AttackRefusedException>(() => Evaluate(images => images.Plus(Threat.Epsilon + 1.5e-6)));
    }

    [Fact]
    public void Run_AttackThatMovesItsInputInPlace_CannotHideTheDistance() =>
        Assert.Throws<AttackRefusedException>(() => Evaluate(images => images.FillInPlace(0.1).clone()));

    [Fact]
    public void Run_AttackThatChangesItsLabels_ChangesNoVerdict()
    {
        HomeMade cheat = new(context => { context.Labels.FillInPlace(0); return context.Images.clone(); });
        RobustnessResult result = RobustnessEvaluation.Run(_model, Source(), Threat, AttackSuite.Of("cheat", cheat));
        Assert.Equal(new Proportion(4, 4), result.Robust);
    }

    private RobustnessResult Evaluate(Func<Tensor, Tensor> move) =>
        RobustnessEvaluation.Run(_model, Source(), Threat, AttackSuite.Of("mine", new HomeMade(context => move(context.Images))));

    private static TensorSource Source() => new(zeros([4, 1, 4, 4]).Plus(0.5f), ones(4, ScalarType.Int64));

    private static (Func<Tensor, Tensor> Move, string Rule) Broken(string fault) => fault switch
    {
        "too far" => (images => images.Plus(0.04), "images must move at most 0.0313725"),
        "out of the box" => (images => images.Times(3), "pixels must lie in [0, 1]"),
        "nan" => (images => images.Times(double.NaN), "others or NaN in 4 of 4 images"),
        "input" => (images => images, "must return a new tensor"),
        "disposed" => (images => { Tensor copy = images.clone(); copy.Dispose(); return copy; }, "already disposed"),
        "input disposed" => (images => { Tensor copy = images.clone(); images.Dispose(); return copy; }, "it disposed them"),
        "one image" => (images => images[..1].clone(), "must keep shape, dtype and device ((4, 1, 4, 4) Float32 on cpu), got (1, 1, 4, 4) Float32"),
        "double" => (images => images.to(ScalarType.Float64), "got (4, 1, 4, 4) Float64"),
        _ => throw new ArgumentOutOfRangeException(nameof(fault)),
    };

    private sealed record HomeMade(Func<AttackContext, Tensor> Move) : IAttack
    {
        public string Name => "home-made";

        public long MaxGradients => 0;

        public IAttack WithEffort(double share) => this;

        public Tensor Perturb(AttackContext context, CancellationToken cancellationToken = default) => Move(context);

        public IEnumerable<Problem> Problems() => [];
    }
}
