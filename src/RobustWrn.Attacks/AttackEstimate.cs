using System.Diagnostics;
using System.Globalization;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>What attacking costs at most, known before a long run: attacks that stop early and images that fall early make it cheaper.</summary>
/// <param name="Gradients">Forward and backward passes, counted per image.</param>
/// <param name="PerGradient">The time of one, measured.</param>
public sealed record AttackEstimate(long Gradients, TimeSpan PerGradient)
{
    /// <summary>The longest time the run takes on a machine that has nothing else to do.</summary>
    public TimeSpan AtMost => PerGradient * Gradients;

    /// <summary>Times a gradient on a few images and multiplies.</summary>
    /// <param name="suite">The attacks.</param>
    /// <param name="model">What is attacked; its flags and buffers come back exactly.</param>
    /// <param name="sample">Some images: as many as are attacked together tell most.</param>
    /// <param name="images">How many images there are in all.</param>
    /// <exception cref="InvalidDescriptionException">The suite has problems.</exception>
    public static AttackEstimate Measure(AttackSuite suite, nn.Module<Tensor, Tensor> model, ImageBatch sample, long images)
    {
        ArgumentNullException.ThrowIfNull(sample);
        suite.ThrowIfInvalid();
        ModelKind kind = ModelKind.Of(model);
        kind.Problems("Model").ThrowIfAny(nameof(AttackEstimate));
        using Tensor pixels = sample.Images.to(kind.Dtype ?? sample.Images.dtype, kind.Device ?? sample.Images.device, copy: true);
        using Tensor labels = sample.Labels.to(pixels.device, copy: true);
        AttackInput.ThrowIfInvalid(pixels, labels, sample.Count);
        using AttackedModel attacked = new(model);
        AttackGoal goal = new(labels);
        Once(); // the first pass also plans and allocates
        long start = Stopwatch.GetTimestamp();
        Once();
        return new AttackEstimate(images * suite.Attacks.Sum(attack => attack.MaxGradients), Stopwatch.GetElapsedTime(start) / sample.Count);

        void Once()
        {
            using DisposeScope scope = NewDisposeScope();
            using IDisposable guard = no_grad();
            // Reading a number back waits for devices that run behind.
            _ = attacked.Gradient(pixels, new CrossEntropy(), goal).sum().Number();
        }
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"at most {Gradients:N0} gradients of {PerGradient.TotalMilliseconds:0.###} ms: {Quantity.Short(AtMost)}");
}
