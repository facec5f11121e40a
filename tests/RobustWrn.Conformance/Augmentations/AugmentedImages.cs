using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Conformance.Augmentations;

/// <summary>Images of noise with ids that are not positions, and classes in turn. Its tensors belong to the scope of the test.</summary>
internal sealed class AugmentedImages
{
    public AugmentedImages(int count, int channels, ScalarType dtype = ScalarType.Float32)
    {
        Examples = [.. Enumerable.Range(0, count).Select(i => 500L - 3 * i)];
        Tensor uniform = RandomStream.From(6).Uniform(Examples, [channels, 12, 10]);
        Images = dtype == ScalarType.Byte ? uniform.Times(255).to(dtype) : uniform.to(dtype);
        Labels = ScalarArithmetic.Counting(count).Modulo(5);
    }

    public Tensor Images { get; }

    public Tensor Labels { get; }

    public long[] Examples { get; }
}
