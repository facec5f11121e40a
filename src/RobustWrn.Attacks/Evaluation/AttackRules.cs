using System.Globalization;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>The last check, which no attack can skip: what it returned lies in the ball and in [0, 1].</summary>
internal static class AttackRules
{
    public static void ThrowIfBroken(string attack, Tensor? returned, Tensor given, Tensor images, ThreatModel threat)
    {
        if (returned is null || returned.IsInvalid)
            throw new AttackRefusedException(attack, "it must return a tensor the caller owns, got one that is already disposed. Return images.clone() when nothing moves.");
        if (given.IsInvalid)
            throw new AttackRefusedException(attack, "it must leave the context's images to the caller, but it disposed them.");
        if (ReferenceEquals(returned, given))
            throw new AttackRefusedException(attack, "it must return a new tensor, got the context's images themselves. Return images.clone() when nothing moves.");
        if (!returned.shape.SequenceEqual(images.shape) || returned.dtype != images.dtype || returned.device.ToString() != images.device.ToString())
            throw new AttackRefusedException(attack, $"it must keep shape, dtype and device ({Text(images)}), got {Text(returned)}.");
        using DisposeScope scope = NewDisposeScope();
        // Written so that NaN counts as outside.
        long outside = (returned.IsAtLeast(0) & returned.IsAtMost(1)).logical_not().flatten(1).any(1).sum().item<long>();
        if (outside > 0)
            throw new AttackRefusedException(attack, $"pixels must lie in [0, 1], got others or NaN in {outside} of {Quantity.Of(images.shape[0], "image")}. Clamp the result.");
        double distance = threat.Distance(returned, images).max().to(ScalarType.Float64).item<double>();
        if (!(distance <= threat.Epsilon + threat.Tolerance))
            throw new AttackRefusedException(attack, string.Create(CultureInfo.InvariantCulture,
                $"images must move at most {threat.Epsilon:g9} in {threat.Norm} (+{threat.Tolerance:g2} for rounding), one moved {distance:g9}. Project the result with the threat model."), distance);
    }

    private static string Text(Tensor tensor) => $"({string.Join(", ", tensor.shape)}) {tensor.dtype} on {tensor.device}";
}
