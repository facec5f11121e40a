using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>An audit costs at most a tenth of what the attacks took, counted by the model itself; what does not fit is left out and said.</summary>
[Collection(nameof(AuditedImages))]
public sealed class AuditCostTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    public static TheoryData<AttackSuite, int> Suites() => new()
    {
        { AuditedImages.Pgd20, 16 },
        { AuditedImages.Pgd20, 96 },
        { AuditedImages.Pgd20, 600 },
        { AuditedImages.ShortAutoAttack, 20 },
        { AuditedImages.ShortAutoAttack, 200 },
        { AttackSuite.Of("FGSM", new Fgsm()), 50 },
        { AttackSuite.Of("averaged", new ExpectationOverTransformation { Attack = new Pgd { Steps = 5 }, Draws = 3 }), 64 },
    };

    [Theory]
    [MemberData(nameof(Suites))]
    public void Run_WithAudit_AsksAtMostATenthMore(AttackSuite suite, int images)
    {
        CountingPasses model = new(AuditedImages.Sound.call), surrogate = new(AuditedImages.Sound.call);
        TensorSource source = AuditedImages.Draw("test", images);
        EvaluationOptions options = new() { BlockSize = 64, Surrogate = surrogate };

        RobustnessResult without = RobustnessEvaluation.Run(model, source, AuditedImages.Threat, suite, options with { Audit = null });
        long attacks = model.Passes + surrogate.Passes;
        AuditReport audit = RobustnessEvaluation.Run(model, source, AuditedImages.Threat, suite, options).Audit!;
        long audited = model.Passes + surrogate.Passes - 2 * attacks;

        Assert.Null(without.Audit);
        Assert.InRange(audit.Passes, 1, attacks / 10);
        Assert.Equal(attacks / 10, audit.Budget);
        // A first look takes the gradient of each loss of the suite from one pass, of which the model sees one.
        long unseen = 2 * (suite.Attacks.SelectMany(attack => attack.Losses).Distinct().Count() - 1);
        Assert.InRange(audit.Passes - audited, 0, unseen * without.Clean.Hits);
        Assert.Equal(15, audit.Made.Count + audit.NotMade.Count);
        Assert.True(audit.NotMade.Count > 0 || images >= 200, "a small evaluation cannot pay for every check");
    }

    /// <summary>On larger images of a network with a view, Square computes what its windows reach alone: the budget is of that.</summary>
    [Fact]
    public void Run_FollowedQueries_CountForTheShareOfThePassThatTheyTake()
    {
        using Classifier network = WideResNetSpec.Of(stem: 4, depths: [1, 1], widths: [4, 6]).Build(2);
        network.eval();
        Tensor images = RandomStream.From(12).Uniform([1, 2, 3], [3, 32, 32]);
        TensorSource source = new(images, network.call(images).argmax(1));
        AttackSuite suite = AttackSuite.Of("Square", new Square { Queries = 200, InitialShare = 0.01 });

        long followed = Budget(network), whole = Budget(new CountingPasses(network.call));

        Assert.InRange(followed, whole / 50, whole / 2);

        long Budget(nn.Module<Tensor, Tensor> model) => RobustnessEvaluation.Run(model, source, ThreatModel.Linf(1e-4), suite, new EvaluationOptions { Audit = new EvaluationAudit { Share = 1 } }).Audit!.Budget;
    }

    [Fact]
    public void Run_SmallEvaluation_SaysWhatEachMissingCheckWouldTake()
    {
        AuditReport audit = RobustnessEvaluation.Run(AuditedImages.Sound, AuditedImages.Draw("test", 16), AuditedImages.Threat, AuditedImages.Pgd20).Audit!;

        AuditGap gap = Assert.Single(audit.NotMade, gap => gap.Check == UnboundedEpsilonCheck.TypeName);
        Assert.Matches("^it takes 31 passes for each of at least 8 images; of what an audit may cost, \\d+ passes were left for it. Evaluate more images.$", gap.Reason);
        Assert.Contains($"as far as {audit.Made.Count} of 15 checks can tell", audit.ToString());
    }

    /// <summary>Images forward; those that a gradient is wanted of count for two more.</summary>
    private sealed class CountingPasses(Func<Tensor, Tensor> model) : nn.Module<Tensor, Tensor>(nameof(CountingPasses))
    {
        public long Passes { get; private set; }

        public override Tensor forward(Tensor input)
        {
            Passes += input.shape[0] * (is_grad_enabled() && input.requires_grad ? 3 : 1);
            return model(input);
        }
    }
}
