using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Testing;

/// <summary>
/// Puts the numbers of a float64 run off by what float32 leaves of them: 2^-21 of themselves, eight units of rounding. Sums over the 72 to
/// 216 products of the networks' convolutions lose about so much.
/// </summary>
/// <param name="seed">Which of several; 0 leaves everything where it is.</param>
internal sealed class PutOff(int seed)
{
    private const double Off = 1.0 / (1 << 21);

    private readonly RandomStream _stream = RandomStream.From(seed).For("rounding");

    /// <summary>Changes weights and statistics of a network.</summary>
    public void Weights(nn.Module module)
    {
        if (seed == 0)
            return;
        using DisposeScope scope = NewDisposeScope();
        using IDisposable guard = no_grad();
        foreach ((string name, Tensor value) in module.state_dict())
        {
            if (value.is_floating_point())
                value.mul_(Draw(name, value).Times(Off).Plus(1));
        }
    }

    /// <summary>
    /// Pixels that are put off by as much of their range, for what is a difference of two computations on nearly the same images: other
    /// weights move both alike.
    /// </summary>
    public Tensor Pixels(Tensor images) => seed == 0 ? images : images.Plus(Draw("pixels", images).Times(Off));

    // From -1 to 1.
    private Tensor Draw(string name, Tensor like) =>
        _stream.For(name).Uniform([0], [like.numel()], ScalarType.Float64).reshape(like.shape).Times(2).Plus(-1);
}
