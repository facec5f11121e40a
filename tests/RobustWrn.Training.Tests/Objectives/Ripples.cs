using RobustWrn.Core;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Training.Tests;

/// <summary>
/// A network that has overfitted catastrophically, in closed form. Around an image of 0.5 the first logit is the mean over the pixels of cos(2 pi (x - 0.5) / epsilon) and the
/// second 0: it is right about class 0 at the image and at every corner of the ball, where a long step ends, and wrong half way, where short steps end.
/// </summary>
internal sealed class Ripples : nn.Module<Tensor, Tensor>
{
    private readonly double _epsilon;
    private readonly Parameter _scale = new(ones(1, ScalarType.Float64));

    public Ripples(double epsilon)
        : base(nameof(Ripples))
    {
        _epsilon = epsilon;
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        Tensor wave = input.Minus(0.5).Times(2 * Math.PI / _epsilon).cos().flatten(1).mean([1]) * _scale;
        return stack([wave, zeros_like(wave)], 1);
    }
}
