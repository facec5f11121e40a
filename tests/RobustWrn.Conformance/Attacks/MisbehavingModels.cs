using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Conformance.Attacks;

/// <summary>Models that answer as a sound one does, and do something with the images they are given that no model should.</summary>
internal static class MisbehavingModels
{
    /// <summary>From a sound model to one that misbehaves, by what it does.</summary>
    public static IReadOnlyDictionary<string, Func<nn.Module<Tensor, Tensor>, nn.Module<Tensor, Tensor>>> All { get; } =
        new Dictionary<string, Func<nn.Module<Tensor, Tensor>, nn.Module<Tensor, Tensor>>>
        {
            ["fills its input"] = sound => new Spoiler(sound, (images, _) => images.FillInPlace(0.123)),
            ["fills its input where gradients are off"] = sound => new Spoiler(sound, (images, _) => WithoutGradients(() => images.FillInPlace(0.123))),
            ["writes through a view"] = sound => new Spoiler(sound, (images, _) => WithoutGradients(() => images.narrow(1, 0, 1).flatten().FillInPlace(1))),
            ["writes into a detached alias"] = sound => new Spoiler(sound, (images, _) => images.detach().TimesInPlace(0)),
            ["shifts its input and back, but for rounding"] = sound => new Spoiler(sound, (images, _) => WithoutGradients(() => images.PlusInPlace(0.37).PlusInPlace(-0.37))),
            ["writes at its third call"] = sound => new Spoiler(sound, (images, call) => { if (call == 3) WithoutGradients(() => images.FillInPlace(0.9)); }),
            ["writes into one image"] = sound => new Spoiler(sound, (images, _) => WithoutGradients(() => images[0].FillInPlace(0))),
            ["disposes its input"] = sound => new Spoiler(sound, (images, _) => images.Dispose()),
        };

    private static void WithoutGradients(Action action)
    {
        using IDisposable guard = no_grad();
        action();
    }

    private sealed class Spoiler : nn.Module<Tensor, Tensor>
    {
        private readonly nn.Module<Tensor, Tensor> _sound;
        private readonly Action<Tensor, int> _spoil;
        private int _calls;

        public Spoiler(nn.Module<Tensor, Tensor> sound, Action<Tensor, int> spoil)
            : base(nameof(Spoiler))
        {
            (_sound, _spoil) = (sound, spoil);
            register_module("sound", sound);
        }

        public override Tensor forward(Tensor input)
        {
            using Tensor own = input.clone();
            Tensor logits = _sound.call(own);
            _spoil(input, ++_calls);
            return logits;
        }
    }
}
