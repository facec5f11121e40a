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

    private static IAttack Of(string name, IAttackLoss loss) => name switch
    {
        "PGD" => new Pgd { Steps = 2, Loss = loss },
        "MI-FGSM" => new MomentumFgsm { Steps = 2, Loss = loss },
        "APGD" => new Apgd { Steps = 2, Loss = loss },
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

        public Tensor PerExample(Tensor logits, AttackGoal goal)
        {
            Apart.Add((logits.detach() - goal.CleanLogits!).abs().max().Number());
            return new KullbackLeibler().PerExample(logits, goal);
        }

        public IEnumerable<Problem> Problems() => [];
    }
}
