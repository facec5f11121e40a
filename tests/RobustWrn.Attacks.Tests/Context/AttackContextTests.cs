using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>Input that would mislead an attack is refused with rule, value and remedy.</summary>
public sealed class AttackContextTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly AttackContext _sound;

    public AttackContextTests() => _sound = new AttackContext(LinearModel.TwoClasses(16), zeros([2, 1, 4, 4]).Plus(0.5f), zeros(2, ScalarType.Int64), ThreatModel.Linf(8, outOf: 255));

    public static TheoryData<string> Faults() => ["255", "nan", "negative", "three dims", "bytes", "int labels", "few labels", "label -1", "label 2", "target 2", "start shape", "ids", "epsilon"];

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Faults))]
    public void Perturb_BadInput_SaysWhatMustHold(string fault)
    {
        (AttackContext context, string rule) = Broken(fault);
        foreach (IAttack attack in (IAttack[])[new Fgsm(), new Pgd { Steps = 1 }, new CwL2 { Steps = 1 }])
        {
            Exception refusal = Assert.ThrowsAny<ArgumentException>(() => attack.Perturb(context));
            Assert.Contains(rule, refusal.Message);
        }
    }

    private (AttackContext Context, string Rule) Broken(string fault) => fault switch
    {
        "255" => (_sound with { Images = _sound.Images.Times(255) }, "pixels must lie in [0, 1], got values from 127.5 to 127.5. Divide 8-bit pixels by 255"),
        "nan" => (_sound with { Images = _sound.Images.Times(double.NaN) }, "pixels must lie in [0, 1], got values from NaN"),
        "negative" => (_sound with { Images = _sound.Images.Minus(0.6) }, "pixels must lie in [0, 1]"),
        "three dims" => (_sound with { Images = _sound.Images[0] }, "images must be a tensor (N, C, H, W) with at least one image, got (1, 4, 4) Float32"),
        "bytes" => (_sound with { Images = _sound.Images.to(ScalarType.Byte) }, "images must be floating point in [0, 1], got (2, 1, 4, 4) Byte. Divide"),
        "int labels" => (_sound with { Labels = _sound.Labels.to(ScalarType.Int32) }, "labels must be int64 (N), one for each of the 2 images, got (2) Int32"),
        "few labels" => (_sound with { Labels = _sound.Labels[..1] }, "labels must be int64 (N), one for each of the 2 images, got (1) Int64"),
        "label -1" => (_sound with { Labels = _sound.Labels - ones_like(_sound.Labels) }, "labels must be at least 0, got -1"),
        "label 2" => (_sound with { Labels = _sound.Labels.Plus(_sound.Labels.FilledLike(2)) }, "labels must lie in [0, 2), as many as the model has logits, got 2"),
        "target 2" => (_sound with { Targets = _sound.Labels.Plus(_sound.Labels.FilledLike(2)) }, "targets must lie in [0, 2), as many as the model has logits, got 2"),
        "start shape" => (_sound with { Start = _sound.Images[..1] }, "the start must have the shape and dtype of the images"),
        "ids" => (_sound with { Examples = [1] }, "there must be one example id for each image, got 1 ids for 2 images"),
        "epsilon" => (_sound with { Threat = new LinfThreat { Epsilon = 8 } }, "must be in (0, 1], got 8. Pixels are in [0, 1]: write ThreatModel.Linf(8, outOf: 255)"),
        _ => throw new ArgumentOutOfRangeException(nameof(fault)),
    };
}
