using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// Images that attacks found, with their labels: to store, and to show to other models. For an image that was wrong unchanged it holds the unchanged one,
/// for one that no attack broke the last attack's try. Owns its tensors.
/// </summary>
public sealed class AdversarialImages : IDisposable
{
    /// <summary>The most bytes of pixels one set holds: what one tensor of a safetensors file can be read into.</summary>
    public const long MaxBytes = int.MaxValue;

    private const string Format = "robustwrn.adversarial", Version = "1";

    private AdversarialImages(Tensor images, Tensor labels, Tensor examples) => (Images, Labels, Examples) = (images, labels, examples);

    /// <summary>Pixels as the attacks left them, (N, C, H, W) in [0, 1], on the CPU, in the dtype they were attacked in: 8 bits would round them out of the ball.</summary>
    public Tensor Images { get; }

    /// <summary>True classes, int64 (N).</summary>
    public Tensor Labels { get; }

    /// <summary>The ids of the examples in their split, int64 (N).</summary>
    public Tensor Examples { get; }

    /// <summary>How many.</summary>
    public long Count => Labels.shape[0];

    /// <summary>Reads a file written by <see cref="Save"/>.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The images. The caller disposes them.</returns>
    /// <exception cref="InvalidDataException">The file is damaged, of another kind or of a newer version.</exception>
    public static AdversarialImages Load(string path)
    {
        using NamedTensors tensors = Safetensors.Read(path);
        if (!tensors.Metadata.TryGetValue(Format, out string? version))
            throw new InvalidDataException($"{path} must hold adversarial images, but it is another kind of safetensors file.");
        if (version != Version)
            throw new InvalidDataException($"{path} has version {version}; this library reads version {Version}. Use the library that wrote it, or a newer one.");
        if (!tensors.TryGet("images", out Tensor? images) || !tensors.TryGet("labels", out Tensor? labels) || !tensors.TryGet("examples", out Tensor? examples))
            throw new InvalidDataException($"{path} must hold images, labels and examples, got {string.Join(", ", tensors.Names)}.");
        if (examples.dtype != ScalarType.Int64 || examples.dim() != 1)
            throw new InvalidDataException($"{path}: examples must be int64 (N).");
        try
        {
            AttackInput.ThrowIfInvalid(images, labels, (int)examples.shape[0]);
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
        return new AdversarialImages(Own(images.alias()), Own(labels.alias()), Own(examples.alias()));
    }

    /// <summary>Writes images, labels and example ids as safetensors, atomically.</summary>
    /// <param name="path">The file.</param>
    public void Save(string path) => Safetensors.Write(
        path,
        [KeyValuePair.Create("images", Images), KeyValuePair.Create("labels", Labels), KeyValuePair.Create("examples", Examples)],
        new Dictionary<string, string> { [Format] = Version });

    /// <summary>Shows the images to a model, in evaluation mode; its flags and buffers come back exactly.</summary>
    /// <param name="model">Any module from (N, C, H, W) to logits (N, classes).</param>
    /// <param name="blockSize">Images classified together.</param>
    /// <param name="cancellationToken">Checked between blocks.</param>
    /// <returns>How many it classifies rightly, and which.</returns>
    /// <exception cref="NonFiniteLogitsException">The model returned NaN or infinity.</exception>
    public Replay Replay(nn.Module<Tensor, Tensor> model, int blockSize = 128, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(blockSize, 1);
        using IDisposable guard = no_grad();
        using AttackedModel frozen = new(model, steers: false);
        ModelKind kind = ModelKind.Of(model);
        kind.Problems("Model").ThrowIfAny(nameof(AdversarialImages));
        List<ReplayedExample> outcomes = [];
        for (long from = 0; from < Count; from += blockSize)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using DisposeScope scope = NewDisposeScope();
            long size = Math.Min(blockSize, Count - from);
            Tensor images = Images.narrow(0, from, size).to(kind.Dtype ?? Images.dtype, kind.Device ?? CPU);
            Tensor logits = frozen.Logits(images);
            Tensor labels = Labels.narrow(0, from, size);
            AttackInput.ThrowIfOutside(labels, logits);
            long[] predictions = logits.argmax(1).cpu().data<long>().ToArray();
            long[] classes = labels.data<long>().ToArray(), examples = Examples.narrow(0, from, size).data<long>().ToArray();
            outcomes.AddRange(predictions.Select((prediction, i) => new ReplayedExample(examples[i], (int)classes[i], (int)prediction)));
        }
        return new Replay(new Proportion(outcomes.Count(outcome => outcome.Prediction == outcome.Label), outcomes.Count), outcomes.ToValueList());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Images.Dispose();
        Labels.Dispose();
        Examples.Dispose();
    }

    /// <inheritdoc/>
    public override string ToString() => Quantity.Of(Count, "image");

    internal static AdversarialImages Of(IEnumerable<Tensor> blocks, IReadOnlyList<ExampleOutcome> outcomes) => new(
        Own(cat([.. blocks])),
        Own(tensor(outcomes.Select(outcome => (long)outcome.Label).ToArray())),
        Own(tensor(outcomes.Select(outcome => outcome.Index).ToArray())));

    internal static AdversarialImages Join(IReadOnlyList<AdversarialImages> parts) => new(
        Own(cat([.. parts.Select(part => part.Images)])),
        Own(cat([.. parts.Select(part => part.Labels)])),
        Own(cat([.. parts.Select(part => part.Examples)])));

    private static Tensor Own(Tensor tensor) => tensor.DetachFromDisposeScope();
}
