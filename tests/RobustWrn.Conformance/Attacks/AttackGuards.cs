using RobustWrn.Attacks;
using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Conformance.Attacks;

/// <summary>What any attack must keep with models and numbers that are not as they should be.</summary>
internal static class AttackGuards
{
    private static readonly ThreatModel Threat = ThreatModel.Linf(8, outOf: 255);

    /// <summary>A model that writes into what it is given changes neither the caller's images nor what the attack finds.</summary>
    public static void ModelMayWriteIntoItsInput(IAttack attack)
    {
        foreach ((string name, Func<nn.Module<Tensor, Tensor>, nn.Module<Tensor, Tensor>> misbehave) in MisbehavingModels.All)
        {
            using ContractBatch batch = new(4);
            using Tensor before = batch.Images.clone();
            using ContractLinear sound = ContractLinear.Within(batch, Threat, reach: 0.2);
            using nn.Module<Tensor, Tensor> model = misbehave(sound);
            using Tensor expected = attack.Perturb(batch.Context(sound, Threat)), moved = attack.Perturb(batch.Context(model, Threat));
            Assert.True(batch.Images.eq(before).all().item<bool>(), $"the caller's images changed under a model that {name}");
            Assert.True(moved.eq(expected).all().item<bool>(), $"it found something else on a model that {name}");
        }
    }

    /// <summary>Other numbers than float32 and float64, and others than the model's, are refused in words before the model is asked.</summary>
    public static void OtherNumbersAreRefused(IAttack attack)
    {
        using ContractBatch batch = new(4);
        foreach (ScalarType images in (ScalarType[])[ScalarType.BFloat16, ScalarType.Float16, ScalarType.Float64, ScalarType.Byte, ScalarType.Int64])
        {
            using ContractNetwork model = new();
            using Tensor pixels = batch.Images.to(images);
            ArgumentException refusal = Assert.ThrowsAny<ArgumentException>(() => attack.Perturb(batch.Context(model, Threat) with { Images = pixels }));
            Assert.StartsWith("images must", refusal.Message);
            Assert.Equal(0, model.Calls);
        }
        foreach (ScalarType weights in (ScalarType[])[ScalarType.BFloat16, ScalarType.Float16, ScalarType.Float64])
        {
            using ContractNetwork model = new(weights);
            Assert.StartsWith("images must", Assert.ThrowsAny<ArgumentException>(() => attack.Perturb(batch.Context(model, Threat))).Message);
            Assert.Equal(0, model.Calls);
        }
        using ContractNetwork sound = new();
        using Tensor labels = batch.Labels.to(ScalarType.Int32), elsewhere = zeros(4, ScalarType.Int64, META), far = batch.Images.Times(1e30), nan = batch.Images.Times(double.NaN);
        AttackContext context = batch.Context(sound, Threat);
        foreach ((AttackContext wrong, string start) in ((AttackContext, string)[])[(context with { Labels = labels }, "labels must be int64"), (context with { Labels = elsewhere }, "labels must be on the device"),
            (context with { Targets = elsewhere }, "targets must be on the device"), (context with { Start = nan }, "the start must be finite"), (context with { Start = far }, "the start must lie in [0, 1]")])
        {
            Assert.StartsWith(start, Assert.ThrowsAny<ArgumentException>(() => attack.Perturb(wrong)).Message);
            Assert.Equal(0, sound.Calls);
        }
    }

    /// <summary>A model of one logit, or of another shape, dtype or number of rows, is refused in words.</summary>
    public static void OtherAnswersAreRefused(IAttack attack)
    {
        foreach ((string answer, Func<Tensor, Tensor> change) in OtherAnswers)
        {
            using ContractBatch batch = new(4);
            using ContractLinear sound = ContractLinear.Within(batch, Threat, reach: 0.2);
            using Answering model = new(sound, change);
            ArgumentException refusal = Assert.ThrowsAny<ArgumentException>(() => attack.Perturb(batch.Context(model, Threat)));
            Assert.True(refusal.Message.StartsWith("the model must return logits", StringComparison.Ordinal), $"{answer}: {refusal.Message}");
            Assert.Contains(nameof(Answering), refusal.Message);
        }
    }

    /// <summary>While it attacks, a second thread is refused by name; afterwards it is not, and the model is as it was.</summary>
    public static void SecondThreadIsRefused(IAttack attack)
    {
        using ContractNetwork model = new();
        using ContractBatch batch = new(4);
        using ModelState before = new(model);
        Exception? refusal = null;
        model.OnCall = number =>
        {
            if (number == 1)
                refusal = OnAnotherThread(() => attack.Perturb(batch.Context(model, Threat)).Dispose());
        };
        attack.Perturb(batch.Context(model, Threat)).Dispose();
        Assert.Contains("must be used by one thread at a time", Assert.IsType<ModelInUseException>(refusal).Message);
        before.AssertUnchanged();
        model.OnCall = _ => { };
        Assert.Null(OnAnotherThread(() => attack.Perturb(batch.Context(model, Threat)).Dispose()));
        before.AssertUnchanged();
    }

    /// <summary>Images in any layout in memory are attacked as those in the usual one are.</summary>
    public static void AnyLayoutIsAttackedAlike(IAttack attack)
    {
        using ContractBatch batch = new(4);
        using ContractLinear model = ContractLinear.Within(batch, Threat, reach: 0.2);
        using Tensor expected = attack.Perturb(batch.Context(model, Threat));
        using Tensor wide = cat([batch.Images, zeros_like(batch.Images)], 3);
        foreach (Tensor images in (Tensor[])[batch.Images.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2), batch.Images.transpose(2, 3).contiguous().transpose(2, 3), wide.narrow(3, 0, batch.Images.shape[3])])
        {
            using Tensor moved = attack.Perturb(batch.Context(model, Threat) with { Images = images });
            Assert.True((moved - expected).abs().max().Number() <= 1e-5, $"strides ({string.Join(", ", images.stride())}) changed what it found");
        }
        using Tensor leaf = batch.Images.clone().requires_grad_();
        using Tensor found = attack.Perturb(batch.Context(model, Threat) with { Images = leaf });
        Assert.True(!found.requires_grad && leaf.grad is null && found.eq(expected).all().item<bool>(), "images that require a gradient must be attacked as others are");
    }

    private static (string, Func<Tensor, Tensor>)[] OtherAnswers { get; } =
    [
        ("one logit", logits => logits.narrow(1, 0, 1)), ("no second dimension", logits => logits.select(1, 0)), ("a map", logits => logits.reshape(logits.shape[0], 2, 1, 1)),
        ("twice the rows", logits => cat([logits, logits])), ("one row", logits => logits.narrow(0, 0, 1)), ("float64", logits => logits.to(ScalarType.Float64)),
        ("bfloat16", logits => logits.to(ScalarType.BFloat16)), ("classes", logits => logits.argmax(1)), ("disposed", logits => { logits.Dispose(); return logits; }), ("null", _ => null!),
    ];

    private static Exception? OnAnotherThread(Action action)
    {
        Exception? thrown = null;
        Thread thread = new(() => thrown = Record.Exception(action));
        thread.Start();
        thread.Join();
        return thrown;
    }

    private sealed class Answering : nn.Module<Tensor, Tensor>
    {
        private readonly nn.Module<Tensor, Tensor> _sound;
        private readonly Func<Tensor, Tensor> _change;

        public Answering(nn.Module<Tensor, Tensor> sound, Func<Tensor, Tensor> change)
            : base(nameof(Answering)) => (_sound, _change) = (sound, change);

        public override Tensor forward(Tensor input) => _change(_sound.call(input));
    }
}
