using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>
/// A loss that compares with the unchanged image is given both logits from one place, the view that gradients come from: module and view
/// round differently.
/// </summary>
[Collection(nameof(AuditedImages))] // they share a network
public sealed class CleanLogitsTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public static TheoryData<string, bool> Comparisons() => new(
        from attack in (string[])["PGD", "MI-FGSM", "APGD", "APGD-T", "Square", "FOSC"]
        from withStart in (bool[])[false, true]
        select (attack, withStart));

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData("PGD")]
    [InlineData("MI-FGSM")]
    [InlineData("APGD")]
    [InlineData("APGD-T")]
    [InlineData("FOSC")]
    public void Perturb_FromTheImageItself_ComparesEqualLogits(string attack)
    {
        TensorSource source = AuditedImages.Draw("test", 64);
        using ImageBatch batch = source.Read([.. Enumerable.Range(0, 64).Select(i => (long)i)]);
        Tensor right = AuditedImages.Sound.call(batch.Images).argmax(1).eq(batch.Labels).nonzero().flatten();
        Tensor images = batch.Images.index_select(0, right), labels = batch.Labels.index_select(0, right);
        AttackContext context = new(AuditedImages.Sound, images, labels, AuditedImages.Threat) { Start = images };
        List<double> apart = [];
        Compared loss = new(apart);

        if (attack == "FOSC")
            SensitivityAnalysisOf(loss, context);
        else
            Of(attack, loss).Perturb(context);

        Assert.Equal(0, apart[0]);
        Assert.InRange(apart.Count, attack == "FOSC" ? 1 : 2, int.MaxValue);
    }

    /// <summary>A view that is a whole unit off its model: whoever mixes the two sees it, at whatever step.</summary>
    [Theory]
    [MemberData(nameof(Comparisons))]
    public void Perturb_ViewOffItsModel_ComparesLogitsOfTheViewAlone(string attack, bool withStart)
    {
        Tensor images = RandomStream.From(2).Uniform([.. Enumerable.Range(0, 4).Select(i => (long)i)], [3, 4, 4]);
        AttackContext context = new(new OffView(), images, zeros(4, ScalarType.Int64), ThreatModel.Linf(0.001));
        List<double> apart = [];
        Compared loss = new(apart) { ComparesWithStart = withStart };

        if (attack == "FOSC")
            SensitivityAnalysisOf(loss, context);
        else
            Of(attack, loss).Perturb(context);

        Assert.NotEmpty(apart);
        Assert.All(apart, distance => Assert.InRange(distance, 0, 0.1));
    }

    private static IAttack Of(string name, IAttackLoss loss) => name switch
    {
        "PGD" => new Pgd { Steps = 2, Restarts = 2, Loss = loss },
        "MI-FGSM" => new MomentumFgsm { Steps = 2, Loss = loss },
        "APGD" => new Apgd { Steps = 2, Loss = loss },
        "Square" => new Square { Queries = 3, Loss = loss },
        _ => new TargetedApgd { Steps = 2, TargetClasses = 1, Loss = loss },
    };

    private static void SensitivityAnalysisOf(IAttackLoss loss, AttackContext context)
    {
        using AttackedModel model = new(context.Model);
        Tensor logits = model.Logits(context.Images);
        ImagePairs pairs = new(context.Images, context.Images, context.Labels, context.Threat);
        new Fosc { Loss = loss }.PerExample(new PairContext(model, pairs, logits, logits)).Dispose();
    }

    /// <summary>How far the logits it is given are apart.</summary>
    private sealed record Compared(List<double> Apart) : IAttackLoss
    {
        public bool NeedsCleanLogits => true;

        public bool ComparesWithStart { get; init; }

        public Tensor PerExample(Tensor logits, AttackGoal goal)
        {
            Apart.Add((logits.detach() - goal.CleanLogits!).abs().max().Number());
            return new KullbackLeibler().PerExample(logits, goal);
        }

        public IEnumerable<Problem> Problems() => [];
    }

    // Sure of class 0, and steeper in class 1 than in class 2.
    private sealed class OffView() : nn.Module<Tensor, Tensor>(nameof(OffView)), IFreezable
    {
        public override Tensor forward(Tensor input) => Logits(input, 0);

        public FrozenNetwork Freeze() => new(images => Logits(images, 1));

        private static Tensor Logits(Tensor images, double off)
        {
            Tensor mean = images.flatten(1).mean([1]);
            return stack([mean.Times(0).Plus(10 + off), mean, mean.Times(0.5)], 1);
        }
    }
}
