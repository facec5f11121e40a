using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// A procedural data set of ten classes, 32x32 RGB, that needs no files: stripes, checks and simple shapes of random place, size,
/// colour and contrast on a random background, none of which a mirror turns into another. Most of the evidence is the motif,
/// whose contrast an attacker at 8/255 cannot erase; a faint texture of its class (<see cref="Texture"/>) is evidence that he can,
/// so that, as with photographs, clean and robust accuracy differ.
/// </summary>
/// <remarks>
/// Image i of a split depends on the seed, the split's name, these settings and i only; its label is i modulo 10.
/// Nothing measured on it says anything about photographs.
/// </remarks>
public sealed record SyntheticImages : IDescription
{
    private const int Side = 32, Channels = 3, Plane = Side * Side, ImageBytes = Channels * Plane + sizeof(long);

    /// <summary>The ten classes, by label.</summary>
    public static ValueList<string> ClassNames { get; } = SyntheticMotif.All.Select(motif => motif.Name).ToValueList();

    /// <summary>
    /// Smallest contrast, in pixel units of [0, 1]: each channel of the motif differs from the background by 0.6 to 1 times the contrast.
    /// Default 0.15, so that the motif outlasts 8/255.
    /// </summary>
    public double LowestContrast { get; init; } = 0.15;

    /// <summary>Largest contrast, in pixel units of [0, 1]; each image draws its own. Default 0.5.</summary>
    public double HighestContrast { get; init; } = 0.5;

    /// <summary>Standard deviation of the noise on every value, in pixel units of [0, 1]. Default 0.03.</summary>
    public double Noise { get; init; } = 0.03;

    /// <summary>
    /// Amplitude of the faint texture of the class, in pixel units of [0, 1]. Default 6/255: below 8/255, so that an attacker can turn it
    /// into another class's.
    /// </summary>
    public double Texture { get; init; } = 6.0 / 255;

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. Rule.InClosed(LowestContrast, 0, 1), .. Rule.InClosed(HighestContrast, LowestContrast, 1),
        .. Rule.InClosed(Noise, 0, 1), .. Rule.InClosed(Texture, 0, 1),
    ];

    /// <summary>Makes a data set.</summary>
    /// <param name="train">Training images.</param>
    /// <param name="holdOut">Validation images, made in addition to the training images.</param>
    /// <param name="test">Test images.</param>
    /// <param name="seed">The same seed gives the same bytes; a larger number of images begins with those of a smaller one.</param>
    /// <returns>The splits. The caller disposes them.</returns>
    /// <exception cref="InvalidDescriptionException">A setting or a number is out of range; all problems are listed.</exception>
    public DatasetSplits Make(int train, int holdOut, int test, Seed seed)
    {
        Problem[] problems = [.. Problems(), .. Counts(train, holdOut, test)];
        problems.ThrowIfAny(nameof(SyntheticImages));
        return DatasetSplits.Owning(Draw("train", (long)train + holdOut, seed), Draw("test", test, seed), holdOut, 0);
    }

    /// <summary>Makes images of one split.</summary>
    /// <param name="split">The name of the split: different names give different images.</param>
    /// <param name="count">How many.</param>
    /// <param name="seed">The same seed gives the same bytes.</param>
    /// <returns>The images. The caller disposes them.</returns>
    public InMemoryImages Draw(string split, long count, Seed seed)
    {
        Problem[] problems = [.. Problems(), .. Rule.Positive(count, most: Rule.MostImages),
            .. Rule.FitsMemory((double)count * ImageBytes, nameof(count))];
        problems.ThrowIfAny(nameof(SyntheticImages));
        TorchRuntime.EnsureLoaded();
        RandomStream stream = RandomStream.From(seed).For("synthetic").For(split);
        Tensor pixels = empty([count, Channels, Side, Side], ScalarType.Byte).DetachFromDisposeScope();
        Tensor labels = empty([count], ScalarType.Int64).DetachFromDisposeScope();
        using (NewDisposeScope())
            labels.copy_(ScalarArithmetic.Counting(count).Modulo(ClassNames.Count));
        long next = 0;
        TensorMemory.ForEachChunk(pixels, bytes =>
        {
            for (int at = 0; at < bytes.Length; at += Channels * Plane)
                Paint(bytes.Slice(at, Channels * Plane), stream, next++);
        });
        return new InMemoryImages(pixels, labels, ClassNames);
    }

    private static IEnumerable<Problem> Counts(int train, int holdOut, int test) =>
    [
        .. Rule.Positive(train, most: Rule.MostImages), .. Rule.Positive(holdOut, most: Rule.MostImages),
        .. Rule.Positive(test, most: Rule.MostImages),
        .. Rule.FitsMemory(((double)train + holdOut + test) * ImageBytes, "images"),
    ];

    private void Paint(Span<byte> image, RandomStream stream, long index)
    {
        RandomSequence draws = stream.Sequence(index);
        SyntheticMotif motif = SyntheticMotif.All[(int)(index % ClassNames.Count)];
        double Between(double low, double high) => low + (high - low) * draws.NextDouble();

        // Background: a colour and a gentle slope of brightness. Foreground: another colour, brighter or darker.
        Span<double> background = stackalloc double[Channels], difference = stackalloc double[Channels];
        double contrast = Between(LowestContrast, HighestContrast), sign = draws.NextDouble() < 0.5 ? -1 : 1;
        for (int c = 0; c < Channels; c++)
        {
            background[c] = Between(0.3, 0.7);
            difference[c] = sign * contrast * Between(0.6, 1);
        }
        double slopeX = Between(-0.1, 0.1) / Side, slopeY = Between(-0.1, 0.1) / Side;
        double scale = Between(0.8, 1.25), centreX = Side / 2.0 + Between(-5, 5), centreY = Side / 2.0 + Between(-5, 5), phase = Between(0, 1);
        double texturePhaseX = Between(0, 2 * Math.PI), texturePhaseY = Between(0, 2 * Math.PI);

        Span<float> noise = stackalloc float[Channels * Plane];
        stream.For("noise").FillNormal(noise, index);
        for (int y = 0; y < Side; y++)
        {
            for (int x = 0; x < Side; x++)
            {
                double covered = motif.Coverage((x + 0.5 - centreX) / scale, (y + 0.5 - centreY) / scale, phase);
                double texture = Texture * Math.Cos(motif.TextureX * x + texturePhaseX) * Math.Cos(motif.TextureY * y + texturePhaseY);
                double slope = slopeX * (x - Side / 2.0) + slopeY * (y - Side / 2.0);
                for (int c = 0; c < Channels; c++)
                {
                    int at = c * Plane + y * Side + x;
                    double value = background[c] + slope + difference[c] * covered + texture + Noise * noise[at];
                    image[at] = (byte)Math.Round(255 * Math.Clamp(value, 0, 1));
                }
            }
        }
    }
}
