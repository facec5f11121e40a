using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>Chooses how many images are attacked together when nobody says.</summary>
internal static class BlockMemory
{
    /// <summary>Above it the time for an image no longer falls.</summary>
    public const int Largest = 128;

    // What attacks hold of an image beside a gradient: APGD two points, their gradients, the best of each, and what is computed from them.
    private const int CopiesOfAnImage = 16;

    // Of what the machine has; the rest is left to whoever else runs on it.
    private const int MachineShare = 2;

    /// <summary>
    /// The largest power of two, at most <see cref="Largest"/>, whose attack step fits into memory by the network's <see cref="NetworkCost"/>; at least 1. A power of two, so that a little more or less
    /// memory changes nothing. <see cref="Largest"/> where the cost is not known (a module that is no <see cref="Classifier"/>) or the memory is not (another device than the CPU).
    /// </summary>
    public static int Choose(nn.Module<Tensor, Tensor> model, IImageSource images, EvaluationOptions options)
    {
        ModelKind kind = ModelKind.Of(model);
        Device device = options.Device ?? kind.Device ?? CPU;
        long limit = options.MemoryLimit ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / MachineShare;
        if (device.type != DeviceType.CPU || limit <= 0)
            return Largest;
        Classifier[] known = [.. new[] { model, options.Surrogate }.OfType<Classifier>().Where(classifier => Math.Min(images.Height, images.Width) >= classifier.Spec.SmallestSide)];
        if (known.Length == 0)
            return Largest;
        NetworkCost[] costs = [.. known.Select(classifier => classifier.Spec.Cost(images.Height, images.Width))];
        ScalarType dtype = kind.Dtype ?? ScalarType.Float32;
        double weights = (double)costs.Sum(cost => cost.Parameters) * dtype.ElementSize();
        double image = costs.Max(cost => cost.AttackActivationBytes(1, dtype)) + (double)CopiesOfAnImage * images.Channels * images.Height * images.Width * dtype.ElementSize();
        int size = Largest;
        while (size > 1 && weights + size * image > limit)
            size /= 2;
        return size;
    }
}
