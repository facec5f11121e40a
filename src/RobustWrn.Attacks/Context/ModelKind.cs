using RobustWrn.Core;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>The numbers a model computes in, and where, by its parameters; null for both where it has none that tell.</summary>
/// <param name="Dtype">Its dtype.</param>
/// <param name="Device">Its device.</param>
/// <param name="Other">A dtype that others of its parameters have; null when all have the same.</param>
internal sealed record ModelKind(ScalarType? Dtype, Device? Device, ScalarType? Other)
{
    /// <summary>Of any model.</summary>
    public static ModelKind Of(nn.Module<Tensor, Tensor> model)
    {
        Parameter[] floating = [.. model.parameters().Where(parameter => !parameter.IsInvalid && parameter.is_floating_point())];
        // A single number takes the dtype of what it is computed with.
        Parameter? first = floating.FirstOrDefault(parameter => parameter.dim() > 0) ?? floating.FirstOrDefault();
        ScalarType? other = floating.Where(parameter => parameter.dim() > 0 && parameter.dtype != first!.dtype).Select(parameter => (ScalarType?)parameter.dtype).FirstOrDefault();
        return new ModelKind(first?.dtype, first?.device, other);
    }

    /// <summary>What is wrong with it for any attack or measure.</summary>
    /// <param name="subject">What problems are reported of: <c>Model</c>.</param>
    public IEnumerable<Problem> Problems(string subject) =>
    [
        .. Rule.Holds(Dtype is null or ScalarType.Float32 or ScalarType.Float64, subject,
            $"must compute in float32 or float64, got {Dtype}: shorter numbers round pixels out of the ball. Convert it with model.to(ScalarType.Float32)."),
        .. Rule.Holds(Other is null, subject, $"must have all parameters in one dtype, got {Dtype} and {Other}. Convert it with model.to(ScalarType.{Dtype})."),
    ];

    /// <summary>Refuses images that the model cannot take: some torch operations end the process on them.</summary>
    /// <exception cref="ArgumentException">Another dtype or device, or a model of several.</exception>
    public void ThrowIfOther(Tensor images, string model = "the model")
    {
        if (Other is not null)
            throw new ArgumentException($"{model} must have all parameters in one dtype, got {Dtype} and {Other}. Convert it with model.to(ScalarType.{images.dtype}).");
        if (Dtype is { } dtype && images.dtype != dtype)
            throw new ArgumentException($"images must have the dtype of {model}'s parameters, {dtype}, got {images.dtype}. Convert them with images.to(ScalarType.{dtype}), or the model with model.to(ScalarType.{images.dtype}).");
        if (Device is { } device && (images.device_type != device.type || (images.device_index != device.index && device.type != DeviceType.CPU)))
            throw new ArgumentException($"images must be on the device of {model}, {device}, got {images.device}. Move them with images.to(device), or the model with model.to(device).");
    }
}
