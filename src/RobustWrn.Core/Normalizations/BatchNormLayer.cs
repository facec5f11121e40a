using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// TorchSharp's batch normalisation, but for how it counts batches: <see cref="BatchNorm.forward"/> of TorchSharp 0.107.0 adds a number
/// that a garbage collection can free on the way (<see cref="ScalarArithmetic"/>). The same names, numbers and state.
/// </summary>
internal sealed class BatchNormLayer : BatchNorm
{
    private const long Dimensions = 4;

    /// <summary>Creates the layer, its scale 1 and its shift 0.</summary>
    public BatchNormLayer(int channels, double epsilon, double momentum)
        : base(channels, epsilon, momentum, affine: true, track_running_stats: true, device: null, dtype: null, nameof(BatchNorm2d))
    {
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        ValidateInputDimensions(input);
        if (training)
            num_batches_tracked!.PlusInPlace(1);
        return nn.functional.batch_norm(input, running_mean!, running_var!, weight!, bias!, training, momentum!.Value, eps);
    }

    /// <inheritdoc/>
    protected override void ValidateInputDimensions(Tensor input)
    {
        if (input.dim() != Dimensions)
            throw new ArgumentException($"features must be (N, C, H, W), got ({string.Join(", ", input.shape)}).", nameof(input));
    }
}
