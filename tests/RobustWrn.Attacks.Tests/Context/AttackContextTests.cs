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

    public static TheoryData<string> Faults() =>
    [
        "255", "nan", "negative", "three dims", "bytes", "int labels", "few labels", "label -1", "label 2", "target 2", "start shape", "ids", "epsilon",
        "half", "bfloat16", "double", "disposed", "labels elsewhere", "start nan", "start infinite", "start far", "start dtype", "surrogate dtype", "mixed model",
        "no draws", "short numbers of any module", "other short numbers", "one logit", "row logits", "map logits",
        "double logits", "other rows",
    ];

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
        "half" => (_sound with { Images = _sound.Images.to(ScalarType.Float16) }, "images must be float32 or float64, got (2, 1, 4, 4) Float16: shorter numbers round pixels out of the ball. Convert them with images.to(ScalarType.Float32)"),
        "bfloat16" => (_sound with { Images = _sound.Images.to(ScalarType.BFloat16), Model = LinearModel.TwoClasses(16, dtype: ScalarType.BFloat16) }, "images must be float32 or float64, got (2, 1, 4, 4) BFloat16"),
        "double" => (_sound with { Images = _sound.Images.to(ScalarType.Float64) }, "images must have the dtype of the model's parameters, Float32, got Float64. Convert them with images.to(ScalarType.Float32)"),
        "disposed" => (_sound with { Images = Gone(_sound.Images) }, "images must be a tensor that is alive, got one that is disposed"),
        "labels elsewhere" => (_sound with { Labels = zeros(2, ScalarType.Int64, META) }, "labels must be on the device of the images, cpu, got meta"),
        "start nan" => (_sound with { Start = _sound.Images.Times(double.NaN) }, "the start must be finite, got NaN or infinity in 2 of 2 images"),
        "start infinite" => (_sound with { Start = _sound.Images.Times(double.PositiveInfinity) }, "the start must be finite"),
        "start far" => (_sound with { Start = _sound.Images.Times(255) }, "the start must lie in [0, 1], or at most 1 outside, got values from 127.5 to 127.5. Is it on the scale of the images?"),
        "start dtype" => (_sound with { Start = _sound.Images.to(ScalarType.Float64) }, "the start must have the shape and dtype of the images, (2, 1, 4, 4) Float32, got (2, 1, 4, 4) Float64"),
        "surrogate dtype" => (_sound with { Surrogate = LinearModel.TwoClasses(16, dtype: ScalarType.Float64) }, "images must have the dtype of the surrogate's parameters, Float64, got Float32"),
        "mixed model" => (_sound with { Model = nn.Sequential(nn.Flatten(), nn.Linear(16, 4), nn.Linear(4, 2, dtype: ScalarType.Float64)) }, "the model must have all parameters in one dtype, got Float32 and Float64"),
        "no draws" => (_sound with { GradientDraws = 0 }, "GradientDraws must be at least 1, got 0"),
        "short numbers of any module" => (_sound with { SteeringPrecision = ScalarType.BFloat16 },
            "SteeringPrecision must be BFloat16, of a Classifier that computes in float32, got BFloat16 of a LinearModel in Float32."),
        "other short numbers" => (_sound with { SteeringPrecision = ScalarType.Float16 }, "SteeringPrecision must be BFloat16"),
        "one logit" => (_sound with { Model = Answering(z => z.narrow(1, 0, 1)) }, "the model must return logits of at least two classes, got (2, 1) Float32 from Lambda"),
        "row logits" => (_sound with { Model = Answering(z => z.select(1, 0)) }, "the model must return logits (N, classes) for N = 2 images, got (2) Float32 from Lambda. Give a binary model two logits"),
        "map logits" => (_sound with { Model = Answering(z => z.reshape(2, 2, 1, 1)) }, "got (2, 2, 1, 1) Float32 from Lambda. Pool what is left"),
        "double logits" => (_sound with { Model = Answering(z => z.to(ScalarType.Float64)) }, "the model must return logits in the dtype of the images, Float32, got (2, 2) Float64 from Lambda"),
        "other rows" => (_sound with { Model = Answering(z => cat([z, z])) }, "the model must return logits (N, classes) for N = 2 images, got (4, 2) Float32"),
        _ => throw new ArgumentOutOfRangeException(nameof(fault)),
    };

    /// <summary>A number of one parameter takes the dtype of what it is computed with: C# makes tensor(1.0) float64.</summary>
    [Fact]
    public void Perturb_FloatModelWithATemperatureInDouble_IsAttacked()
    {
        using Tensor moved = new Pgd { Steps = 2 }.Perturb(_sound with { Model = new Tempered() });
        Assert.Equal(ScalarType.Float32, moved.dtype);
    }

    /// <summary>torch's matmul ends the process on two kinds of numbers.</summary>
    [Fact]
    public void Logits_DoubleImagesOnAMatmulOfFloats_AreRefusedBeforeTheModelIsAsked()
    {
        int calls = 0;
        using AttackedModel attacked = new(new Matmul(() => calls++));
        foreach (ScalarType dtype in (ScalarType[])[ScalarType.Float64, ScalarType.Float16, ScalarType.Int64])
        {
            Tensor images = zeros([1, 1, 4, 4], dtype);
            Assert.StartsWith("images must have the dtype", Assert.Throws<ArgumentException>(() => attacked.Logits(images)).Message);
            Assert.StartsWith("images must have the dtype", Assert.Throws<ArgumentException>(() => attacked.Gradient(images, logits => logits.sum())).Message);
        }
        Assert.Equal(0, calls);
    }

    [Fact]
    public void Perturb_StartRuleOfAUserThatReturnsNaN_IsNamed()
    {
        foreach (IAttack attack in (IAttack[])[new Pgd { Start = new NaNStart() }, new Gama { Start = new NaNStart() }, new MomentumFgsm { Start = new NaNStart() }, new CwL2 { Steps = 1, Start = new NaNStart() }])
            Assert.StartsWith("the start from NaNStart must be finite", Assert.Throws<ArgumentException>(() => attack.Perturb(_sound)).Message);
    }

    /// <summary>APGD takes a start that fools the model as its find, so a start outside of the ball was returned.</summary>
    [Fact]
    public void Perturb_StartOutsideOfTheBall_ComesBackInside()
    {
        foreach (IAttack attack in (IAttack[])[new Apgd { Steps = 2 }, new TargetedApgd { Steps = 2 }, new Pgd { Steps = 1 }, new Square { Queries = 1 }, new Fab { Steps = 1 }, new DeepFool { Steps = 1 }])
        {
            foreach (ThreatModel threat in (ThreatModel[])[ThreatModel.Linf(0.03), ThreatModel.L2(0.1), ThreatModel.L1(0.5)])
            {
                AttackContext context = new(LinearModel.TwoClasses(16, shift: 0.001), _sound.Images, ones(2, ScalarType.Int64), threat) { Start = zeros_like(_sound.Images) };
                using Tensor moved = attack.Perturb(context);
                Assert.True(threat.Distance(moved, _sound.Images).max().Number() <= threat.Epsilon + threat.Tolerance, $"{attack.Name} left {threat}");
            }
        }
    }

    private static Tensor Gone(Tensor tensor)
    {
        Tensor copy = tensor.clone();
        copy.Dispose();
        return copy;
    }

    private static Lambda Answering(Func<Tensor, Tensor> change)
    {
        LinearModel model = LinearModel.TwoClasses(16);
        return new Lambda(images => change(model.call(images)));
    }

    private sealed class Tempered : nn.Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Parameter _temperature = nn.Parameter(tensor(2.0, ScalarType.Float64));
        private readonly TorchSharp.Modules.Linear _linear = nn.Linear(16, 2);

        public Tempered()
            : base(nameof(Tempered)) => RegisterComponents();

        public override Tensor forward(Tensor input) => _linear.call(input.flatten(1)) / _temperature;
    }

    private sealed class Matmul : nn.Module<Tensor, Tensor>
    {
        private readonly TorchSharp.Modules.Parameter _weight = nn.Parameter(ones(16, 2));
        private readonly Action _called;

        public Matmul(Action called)
            : base(nameof(Matmul))
        {
            _called = called;
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            _called();
            return input.flatten(1).matmul(_weight);
        }
    }

    private sealed record NaNStart : IAttackStart
    {
        public Tensor From(AttackContext context, RandomStream noise) => context.Images.Times(double.NaN);

        public IEnumerable<Problem> Problems() => [];
    }
}
