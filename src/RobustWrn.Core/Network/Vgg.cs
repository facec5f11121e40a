using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// The network of a <see cref="VggSpec"/>, with the state-dict names of the code of Huang et al. 2021, which are those of most CIFAR
/// code: <c>features.{n}.*</c>, where each convolution, normalisation, activation and pooling counts one, and <c>classifier.*</c>.
/// Build it with <see cref="VggSpec.Build"/>.
/// </summary>
public sealed class Vgg : nn.Module<Tensor, Tensor>, IStagedNetwork, IFreezable
{
    private readonly ModuleList<nn.Module<Tensor, Tensor>> features;
    private readonly LinearLayer classifier;

    internal Vgg(VggSpec spec)
        : base(nameof(Vgg))
    {
        Spec = spec;
        List<nn.Module<Tensor, Tensor>> layers = [];
        int channels = spec.InputChannels;
        foreach (VggStage stage in spec.Stages)
        {
            for (int i = 0; i < stage.Depth; i++)
            {
                layers.AddRange([new ConvolutionLayer(channels, stage.Width, kernel: 3, hasBias: true), spec.FeatureNormalization.Build(stage.Width), spec.Activation.Build(stage.Width)]);
                channels = stage.Width;
            }
            layers.Add(nn.MaxPool2d(2));
        }
        features = new ModuleList<nn.Module<Tensor, Tensor>>([.. layers]);
        classifier = new LinearLayer(channels, spec.Classes);
        RegisterComponents();
    }

    /// <summary>What it was built from.</summary>
    public VggSpec Spec { get; }

    /// <summary>Logits of the classes.</summary>
    /// <param name="input">Normalised pixels, (N, C, H, W), at least 2^stages rows and columns; not changed, not disposed.</param>
    /// <returns>(N, classes). The caller disposes it.</returns>
    /// <exception cref="ArgumentException">
    /// The channel count is not the one the network was built for, or the poolings leave nothing of the images.
    /// </exception>
    public override Tensor forward(Tensor input) => ForwardByStage(input, static (_, _) => { });

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">
    /// The channel count is not the one the network was built for, or the poolings leave nothing of the images.
    /// </exception>
    public Tensor ForwardByStage(Tensor input, Action<string, Tensor> observe)
    {
        ImageShape.Check(input, Spec);
        using DisposeScope scope = NewDisposeScope();
        Tensor values = input;
        int stage = 0;
        foreach (nn.Module<Tensor, Tensor> layer in features)
        {
            values = layer.call(values);
            if (layer is MaxPool2d)
                observe($"stage {++stage}", values);
        }
        values = values.mean([2, 3]);
        observe("pooled", values);
        return classifier.call(values).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public FrozenNetwork? Freeze() => FrozenNetwork.Of(this, Spec, folding =>
    {
        List<Func<Tensor, Tensor>> steps = [];
        for (int i = 0; i < features.Count; i++)
        {
            if (features[i] is ConvolutionLayer convolution)
                steps.Add(folding.Convolution(convolution, features[++i], features[++i]));
            else
                steps.Add(features[i].call);
        }
        Func<Tensor, Tensor> layers = Folding.InOrder([.. steps]);
        return images => classifier.call(layers(images).mean([2, 3]));
    });

    /// <summary>
    /// Parameters and buffers under the published names, in the published order: layer by layer, where TorchSharp puts all parameters
    /// first.
    /// </summary>
    /// <param name="destination">Added to; null makes a new one.</param>
    /// <param name="prefix">Before each name.</param>
    public override Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null) =>
        PublishedOrder.Of(base.state_dict(null, prefix), destination);
}
