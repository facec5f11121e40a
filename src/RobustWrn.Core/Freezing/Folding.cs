using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>Folds the layers of one network and owns the tensors it makes. Folding is computed in float64 and rounded once to the network's type.</summary>
public sealed class Folding : IDisposable
{
    private readonly ScalarType _dtype;
    private readonly Device _device;
    private readonly bool _channelsLast;
    private readonly List<IDisposable> _owned = [];
    private readonly Scalar _one = 1.0.ToScalar();

    /// <summary>Starts folding a network.</summary>
    /// <param name="network">It tells the type and the device.</param>
    public Folding(nn.Module network)
    {
        Parameter first = network.parameters().First();
        (_dtype, _device) = (first.dtype, first.device);
        // Convolutions on the CPU work on channels-last features, and reorder others there and back; double precision has no such kernels.
        _channelsLast = _device.type == DeviceType.CPU && _dtype is ScalarType.Float32 or ScalarType.BFloat16;
    }

    /// <summary>Images in the layout of the view.</summary>
    /// <param name="images">(N, C, H, W).</param>
    public Tensor Layout(Tensor images) => _channelsLast ? ChannelsLast(images) : images.alias();

    /// <summary>A convolution with affine maps folded in.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="output">What follows: its scales go into the weights, its shifts into the bias. Null for nothing.</param>
    /// <param name="input">Coordinates of the input, undone in the weights; only for windows of one pixel. Null for nothing.</param>
    public Func<Tensor, Tensor> Convolution(ConvolutionLayer layer, ChannelAffine? output = null, ChannelAffine? input = null) => Folded(layer, output, input).Apply;

    /// <summary>As <see cref="Convolution(ConvolutionLayer, ChannelAffine?, ChannelAffine?)"/>, with weights that can be read.</summary>
    internal FoldedConvolution Folded(ConvolutionLayer layer, ChannelAffine? output = null, ChannelAffine? input = null)
    {
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor weight = layer.Weight.detach().to(ScalarType.Float64);
        Tensor? bias = layer.Bias?.detach().to(ScalarType.Float64);
        if (input is { IsIdentity: false })
        {
            if (weight.shape[2] != 1 || layer.Groups != 1)
                throw new ArgumentException("only a 1x1 convolution of one group can undo coordinates: others pad with zeros, which are not zeros there.", nameof(layer));
            weight = weight / Column(input.Scale).reshape(1, -1, 1, 1);
            Tensor shift = (weight.squeeze(-1).squeeze(-1) * Column(input.Shift)).sum(1).neg();
            bias = bias is null ? shift : bias.Plus(shift);
        }
        if (output is { IsIdentity: false })
        {
            weight = weight * Column(output.Scale).reshape(-1, 1, 1, 1);
            bias = bias is null ? Column(output.Shift) : (bias * Column(output.Scale)).Plus(Column(output.Shift));
        }
        Tensor folded = weight.to(_dtype);
        folded = Own(_channelsLast ? ChannelsLast(folded) : folded.contiguous());
        return new FoldedConvolution(layer, folded, bias is null ? null : Own(bias.to(_dtype)));
    }

    /// <summary>A convolution and the normalisation after it, folded if it is of a batch.</summary>
    public Func<Tensor, Tensor> Convolution(ConvolutionLayer layer, nn.Module<Tensor, Tensor> normalization)
    {
        if (normalization is BatchNorm batch)
            return Convolution(layer, ChannelAffine.Of(batch));
        Func<Tensor, Tensor> plain = Convolution(layer);
        return features => normalization.call(plain(features));
    }

    /// <summary>A convolution, the normalisation after it, folded if it is of a batch, and an activation.</summary>
    public Func<Tensor, Tensor> Convolution(ConvolutionLayer layer, nn.Module<Tensor, Tensor> normalization, nn.Module<Tensor, Tensor> activation)
    {
        Func<Tensor, Tensor> normalized = Convolution(layer, normalization), activate = Activation(activation);
        return features => activate(normalized(features));
    }

    /// <summary>One function after the other; what stands between two of them is disposed as soon as it was read.</summary>
    public static Func<Tensor, Tensor> InOrder(params IReadOnlyList<Func<Tensor, Tensor>> steps) => input =>
    {
        Tensor features = input;
        foreach (Func<Tensor, Tensor> step in steps)
        {
            Tensor next = step(features);
            if (!ReferenceEquals(next, features) && !ReferenceEquals(features, input))
                features.Dispose();
            features = next;
        }
        return features;
    };

    /// <summary>A normalisation that cannot be folded away: of a batch as one multiplication and addition, any other as it is.</summary>
    /// <param name="normalization">The module.</param>
    /// <param name="coordinates">Coordinates of its input; the identity for anything but a batch normalisation.</param>
    public Func<Tensor, Tensor> Normalization(nn.Module<Tensor, Tensor> normalization, ChannelAffine coordinates) =>
        normalization is BatchNorm batch ? Affine(ChannelAffine.Of(batch).Undoing(coordinates)) : normalization.call;

    /// <summary>One multiplication and addition for each channel; nothing at all for the identity.</summary>
    public Func<Tensor, Tensor> Affine(ChannelAffine affine)
    {
        if (affine.IsIdentity)
            return static features => features;
        Tensor scale = Row(affine.Scale), shift = Row(affine.Shift);
        return features => shift.addcmul(features, scale, _one);
    }

    /// <summary>Factors or summands for each channel, (1, C, 1, 1), in the network's type; owned by the folding.</summary>
    public Tensor Row(ReadOnlyMemory<double> values)
    {
        using DisposeScope scope = NewDisposeScope();
        return Own(Column(values).to(_dtype).reshape(1, -1, 1, 1));
    }

    /// <summary>An activation; ReLU in place.</summary>
    /// <param name="activation">The module.</param>
    /// <param name="mayOverwrite">Whether nobody else reads what it reads: the output of a convolution, of a normalisation that is done, of an affine map.</param>
    public static Func<Tensor, Tensor> Activation(nn.Module<Tensor, Tensor> activation, bool mayOverwrite = true) =>
        activation is ReLU && mayOverwrite ? static features => features.relu_() : activation.call;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IDisposable item in _owned)
            item.Dispose();
        _one.Dispose();
    }

    private Tensor Column(ReadOnlyMemory<double> values) => tensor(values.ToArray(), ScalarType.Float64).to(_device);

    private Tensor Own(Tensor tensor)
    {
        _owned.Add(tensor.DetachFromDisposeScope());
        return tensor;
    }

    private static Tensor ChannelsLast(Tensor tensor) => tensor.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
}
