using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>An audit that cries wolf is not read: sound models of different kinds end trustworthy, without a finding, with nearly all checks made.</summary>
[Collection(nameof(AuditedImages))] // they share a network
[Trait("Category", "Slow")]
public sealed class HealthyModelTests(ITestOutputHelper output) : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public static TheoryData<string> Kinds() => ["wide residual, ReLU", "wide residual, SiLU", "VGG", "ResNet", "linear"];

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Run_SoundModel_IsTrustworthyWithoutAFinding(string kind)
    {
        using nn.Module<Tensor, Tensor> model = Build(kind);
        TensorSource images = AuditedImages.Draw("test", 1_024);

        RobustnessResult result = RobustnessEvaluation.Run(model, images, AuditedImages.Threat, AuditedImages.Pgd20, new EvaluationOptions { BlockSize = 256, Surrogate = AuditedImages.Sound });

        output.WriteLine($"{kind}: clean {result.Clean}, robust {result.Robust}\n{result.Audit}\n{string.Join('\n', result.Audit!.NotMade)}");
        Assert.InRange(result.Clean.Value, 0.7, 1);
        Assert.InRange(result.Robust.Value, 0.05, 0.99);
        Assert.Empty(result.Audit.Findings);
        Assert.Equal(AuditVerdict.Trustworthy, result.Audit.Verdict);
        Assert.InRange(result.Audit.Made.Count, 11, int.MaxValue);
    }

    [Fact]
    public void Run_ReferenceNetwork_IsTrustworthyWithoutAFinding()
    {
        using VectorCase vectors = VectorCase.Open("autoattack_standard_200");
        using Classifier classifier = vectors.BuildModel(ScalarType.Float32);
        TensorSource images = new(vectors["in.images_u8"].narrow(0, 0, 100).to(ScalarType.Float32).Over(255), vectors["in.y"].narrow(0, 0, 100));

        RobustnessResult result = RobustnessEvaluation.Run(classifier, images, AuditedImages.Threat, AuditedImages.Pgd20);

        output.WriteLine($"clean {result.Clean}, robust {result.Robust}\n{result.Audit}\n{string.Join('\n', result.Audit!.NotMade)}");
        Assert.Empty(result.Audit.Findings);
        Assert.Equal(AuditVerdict.Trustworthy, result.Audit.Verdict);
    }

    [Theory]
    [InlineData("l2")]
    [InlineData("l1")]
    public void Run_SoundModelUnderAnotherNorm_IsTrustworthyWithoutAFinding(string norm)
    {
        ThreatModel threat = norm == "l2" ? ThreatModel.L2(0.35) : ThreatModel.L1(1.5);
        RobustnessResult result = RobustnessEvaluation.Run(AuditedImages.Sound, AuditedImages.Draw("test", 256), threat, AuditedImages.ShortAutoAttack, new EvaluationOptions { BlockSize = 256 });

        output.WriteLine($"clean {result.Clean}, robust {result.Robust}\n{result.Audit}\n{string.Join('\n', result.Audit!.NotMade)}");
        Assert.InRange(result.Robust.Value, 0.05, 0.95);
        Assert.Empty(result.Audit.Findings);
        Assert.InRange(result.Audit.Made.Count, 11, int.MaxValue);
    }

    private static nn.Module<Tensor, Tensor> Build(string kind)
    {
        const int classes = AuditedImages.Classes;
        return kind switch
        {
            "wide residual, ReLU" => AuditedImages.Train(AuditedImages.SmallWideResNet, seed: 5),
            "wide residual, SiLU" => AuditedImages.Train(AuditedImages.SmallWideResNet with
            {
                FinalActivation = new Silu(),
                Stages = AuditedImages.SmallWideResNet.Stages.Select(stage => stage with { Activation = new Silu() }).ToValueList(),
            }),
            "VGG" => AuditedImages.Train(VggSpec.Of(depths: [1, 1], widths: [6, 8]) with { Classes = classes }),
            "ResNet" => AuditedImages.Train(ResNetSpec.Of(stem: 4, depths: [1, 1], widths: [4, 8]) with { Classes = classes }),
            // Each class by the correlation with its pattern, less half its energy.
            _ => new LinearModel(AuditedImages.Patterns().flatten(1).Times(0.1), (AuditedImages.Patterns().flatten(1).Squared().sum(1).Times(-0.005) - AuditedImages.Patterns().flatten(1).sum(1).Times(0.05))),
        };
    }
}
