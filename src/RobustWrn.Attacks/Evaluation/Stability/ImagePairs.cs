using System.Globalization;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>Images x and what an attack made of them, x', in the same order: what stability is measured on. Owns nothing: the caller keeps and disposes the tensors.</summary>
/// <param name="Images">x: (N, C, H, W) in [0, 1], on any device.</param>
/// <param name="Perturbed">x': same shape, in [0, 1].</param>
/// <param name="Labels">True classes, int64 (N).</param>
/// <param name="Threat">The ball that x' lies in.</param>
public sealed record ImagePairs(Tensor Images, Tensor Perturbed, Tensor Labels, ThreatModel Threat)
{
    /// <summary>How many pairs.</summary>
    public long Count => Images.shape[0];

    /// <summary>Refuses pairs that nothing can be measured on.</summary>
    /// <exception cref="InvalidDescriptionException">The threat has problems.</exception>
    /// <exception cref="ArgumentException">Shapes differ, pixels lie outside [0, 1], labels are no classes, or a perturbed image lies outside the ball.</exception>
    public void ThrowIfInvalid()
    {
        ArgumentNullException.ThrowIfNull(Images);
        ArgumentNullException.ThrowIfNull(Perturbed);
        ArgumentNullException.ThrowIfNull(Labels);
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Threat.ThrowIfInvalid();
        if (!Perturbed.shape.SequenceEqual(Images.shape) || Perturbed.dtype != Images.dtype)
        {
            throw new ArgumentException($"perturbed images must have the shape and dtype of the images, ({string.Join(", ", Images.shape)}) {Images.dtype}, "
                + $"got ({string.Join(", ", Perturbed.shape)}) {Perturbed.dtype}. Give both in the same order.", nameof(Perturbed));
        }
        AttackInput.ThrowIfInvalid(Images, Labels, checked((int)Count));
        AttackInput.ThrowIfInvalid(Perturbed, Labels, checked((int)Count));
        Tensor distances = Threat.Distance(Perturbed, Images.to(Perturbed.device)).to(ScalarType.Float64);
        long farthest = distances.argmax().item<long>();
        double distance = distances[farthest].item<double>();
        if (!(distance <= Threat.Epsilon + Threat.Tolerance))
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                $"perturbed images must lie within {Threat.Epsilon} of the images in {Threat.Norm}, got {distance} for image {farthest}. Give the threat they were made under, and both in the same order."), nameof(Perturbed));
        }
    }

    /// <summary>Some of the pairs, as a model takes them. The caller's dispose scope owns the tensors.</summary>
    internal ImagePairs Block(long from, long size, ScalarType dtype, Device device) => this with
    {
        Images = Images.narrow(0, from, size).to(dtype, device),
        Perturbed = Perturbed.narrow(0, from, size).to(dtype, device),
        Labels = Labels.narrow(0, from, size).to(device),
    };
}
