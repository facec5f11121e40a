using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// Why one network is more robust than another: how each stage amplifies a perturbation, the norms of its layers, and how much the answer depends on the image.
/// It is the analysis by which Huang et al. 2021 (arXiv 2110.03825) explain that a smaller last stage helps.
/// </summary>
/// <example>
/// <code>
/// Tensor adversarial = new Pgd().Perturb(new AttackContext(classifier, images, labels, threat), token);
/// SensitivityReport report = SensitivityAnalysis.Run(classifier, new ImagePairs(images, adversarial, labels, threat));
/// logger.LogInformation("{Report}", report);
/// </code>
/// </example>
public static class SensitivityAnalysis
{
    /// <summary>Measures a network on images and what an attack made of them.</summary>
    /// <param name="model">
    /// Any module from (N, C, H, W) in [0, 1] to logits (N, classes); stages are those of <see cref="IStagedNetwork"/>, which the library's classifiers are.
    /// Measured in evaluation mode; flags and buffers come back exactly.
    /// </param>
    /// <param name="pairs">The images and what an attack made of them.</param>
    /// <param name="options">What is measured; null is the default.</param>
    /// <param name="cancellationToken">Checked between blocks and between steps of the power iteration.</param>
    /// <exception cref="InvalidDescriptionException">The options or the threat have problems; all are listed.</exception>
    /// <exception cref="ArgumentException">The pairs cannot be measured: see <see cref="ImagePairs.ThrowIfInvalid"/>; or a label has no logit.</exception>
    /// <exception cref="NonFiniteLogitsException">The model returned NaN or infinity.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the model is as it was.</exception>
    public static SensitivityReport Run(
        nn.Module<Tensor, Tensor> model, ImagePairs pairs, SensitivityOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new SensitivityOptions();
        options.ThrowIfInvalid();
        StageChanges stages = new();
        PairPass pass = new(model, options.Measures, stages);
        pass.Run(pairs, options.BlockSize, cancellationToken);
        ValueList<LayerSpectralNorm> layers = [];
        if (options.SpectralNorms is { } method)
        {
            using Tensor image = pairs.Images.narrow(0, 0, 1);
            layers = SpectralNorms.Of(model, image, method, cancellationToken);
        }
        return new SensitivityReport
        {
            Network = model is Classifier classifier ? classifier.Spec.Name : model.GetName(),
            Threat = pairs.Threat,
            Options = options,
            Clean = pass.Clean,
            Robust = pass.Robust,
            Stability = pass.Stable,
            Stages = StageSensitivity.Of(stages),
            Measurements = options.Measures.Select((measure, i) => new PairMeasurement(measure, SampleSummary.Of([.. pass.Values(i)]))).ToValueList(),
            Layers = layers,
        };
    }
}
