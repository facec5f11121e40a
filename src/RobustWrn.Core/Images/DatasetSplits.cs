using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// A data set in three disjoint parts: images to train on, images held out of them to select on, and test images, which only a final
/// evaluation opens.
/// </summary>
/// <remarks>
/// Disposing releases images that the splits were made with (files read, tensors copied), also for the views made by
/// <see cref="Limited"/> and <see cref="WithExtra"/>; sources of your own stay yours.
/// </remarks>
public sealed class DatasetSplits : IDisposable
{
    private readonly IImageSource _test;
    private readonly IDisposable[] _owned;
    private readonly Lazy<string> _fingerprint;

    private DatasetSplits(TrainingSplits training, IImageSource test, IDisposable[] owned, TestSplit? split = null)
    {
        (Training, _test, _owned) = (training, test, owned);
        Test = split ?? new TestSplit(test);
        _fingerprint = new Lazy<string>(() => DescriptionJson.Fingerprint(
            string.Join(' ', Training.Train.Fingerprint, Training.Validation.Fingerprint, _test.Fingerprint, string.Join(',', ClassNames))
            + (Training.Extra is { } extra ? $" with {extra.Fingerprint}" : "")));
    }

    /// <summary>What training and selection may see.</summary>
    public TrainingSplits Training { get; }

    /// <summary>The test images; opening them is counted.</summary>
    public TestSplit Test { get; }

    /// <summary>Channels of an image.</summary>
    public int Channels => Training.Train.Channels;

    /// <summary>Rows of an image.</summary>
    public int Height => Training.Train.Height;

    /// <summary>Columns of an image.</summary>
    public int Width => Training.Train.Width;

    /// <summary>Names of the classes; labels are their indices.</summary>
    public ValueList<string> ClassNames => Training.Train.ClassNames;

    /// <summary>
    /// SHA-256 over the three parts, the names of the classes and the extra images, if any, so that a resumed run notices other images.
    /// Does not count as a read of the test images.
    /// </summary>
    public string Fingerprint => _fingerprint.Value;

    /// <summary>Holds validation images out of the training images.</summary>
    /// <param name="train">Training images. Every label is read once.</param>
    /// <param name="test">Test images of the same size and classes. Every label is read once, to check it.</param>
    /// <param name="holdOut">
    /// How many training images become validation images; each class keeps its share as nearly as whole numbers allow.
    /// </param>
    /// <param name="seed">Decides which images are held out. Default 0: the same ones in every run, whatever the run's own seed.</param>
    /// <exception cref="InvalidDescriptionException">The sources do not fit together; all problems are listed.</exception>
    public static DatasetSplits From(IImageSource train, IImageSource test, int holdOut, Seed? seed = null)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(test);
        return From(train, test, holdOut, seed, []);
    }

    /// <summary>Copies images of your own and holds validation images out of the training images.</summary>
    /// <param name="trainImages">(N, C, H, W): uint8 in 0 .. 255, or float32 or float64 in [0, 1]. Any channels and size.</param>
    /// <param name="trainLabels">(N), whole numbers from 0.</param>
    /// <param name="testImages">Test images of the same channels and size.</param>
    /// <param name="testLabels">Their labels.</param>
    /// <param name="holdOut">How many training images become validation images.</param>
    /// <param name="classNames">Names of the classes; null names them "0", "1", ... up to the largest label.</param>
    /// <param name="seed">Decides which images are held out. Default 0.</param>
    /// <returns>The splits. The caller disposes them; the tensors given stay the caller's.</returns>
    /// <exception cref="InvalidDescriptionException">
    /// Tensors are not as described or do not fit together; all problems are listed.
    /// </exception>
    public static DatasetSplits From(
        Tensor trainImages, Tensor trainLabels, Tensor testImages, Tensor testLabels, int holdOut, ValueList<string>? classNames = null, Seed? seed = null)
    {
        ArgumentNullException.ThrowIfNull(trainImages);
        ArgumentNullException.ThrowIfNull(trainLabels);
        ArgumentNullException.ThrowIfNull(testImages);
        ArgumentNullException.ThrowIfNull(testLabels);
        Problem[] problems =
        [
            .. LabelledTensors.Problems(trainImages, trainLabels, classNames?.Count, nameof(trainImages), nameof(trainLabels)),
            .. LabelledTensors.Problems(testImages, testLabels, classNames?.Count, nameof(testImages), nameof(testLabels)),
        ];
        problems.ThrowIfAny(nameof(DatasetSplits));
        classNames ??= LabelledTensors.DefaultNames(1 + Math.Max(Largest(trainLabels), Largest(testLabels)));
        InMemoryImages train = InMemoryImages.From(trainImages, trainLabels, classNames), test = InMemoryImages.From(testImages, testLabels, classNames);
        return Owning(train, test, holdOut, seed);
    }

    /// <summary>Fewer images, for quick runs.</summary>
    /// <param name="train">At most this many training images, drawn by the seed so that each class keeps its share; null keeps all.</param>
    /// <param name="validation">At most this many validation images, drawn likewise; null keeps all.</param>
    /// <param name="test">
    /// At most this many test images: always the first ones, so that results stay comparable between runs and seeds; null keeps all.
    /// </param>
    /// <param name="seed">Decides which training and validation images are kept. Default 0.</param>
    /// <returns>
    /// A view. The images are released when either it or these splits are disposed; opening the test images of either counts for both.
    /// </returns>
    public DatasetSplits Limited(long? train = null, long? validation = null, long? test = null, Seed? seed = null)
    {
        Problem[] problems =
        [
            .. Rule.Positive(train ?? 1, nameof(train)), .. Rule.Positive(validation ?? 1, nameof(validation)), .. Rule.Positive(test ?? 1, nameof(test)),
        ];
        problems.ThrowIfAny(nameof(Limited));
        RandomStream stream = RandomStream.From(seed ?? 0).For("limit");
        IImageSource fewer = _test.Take(test ?? _test.Count);
        return new DatasetSplits(
            Training with { Train = Sample(Training.Train, train, stream.For("train")), Validation = Sample(Training.Validation, validation, stream.For("validation")) },
            fewer, _owned, ReferenceEquals(fewer, _test) ? Test : Test.Of(fewer));
    }

    /// <summary>
    /// The same splits with extra images to train on, such as those of <see cref="NpzImages"/> or <see cref="PickledImages"/>.
    /// </summary>
    /// <param name="extra">Images of the same size and classes; stay yours and must outlive the view.</param>
    /// <returns>A view. The images of the splits are released when either it or these splits are disposed.</returns>
    /// <exception cref="InvalidDescriptionException">The images do not fit; all problems are listed.</exception>
    public DatasetSplits WithExtra(IImageSource extra)
    {
        ArgumentNullException.ThrowIfNull(extra);
        ExtendedImages.Problems(Training.Train, extra).ThrowIfAny(nameof(DatasetSplits));
        return new DatasetSplits(Training with { Extra = extra }, _test, _owned, Test);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IDisposable images in _owned)
            images.Dispose();
    }

    /// <summary>Splits that release the sources, also when they do not fit together.</summary>
    internal static DatasetSplits Owning(InMemoryImages train, InMemoryImages test, int holdOut, Seed? seed)
    {
        try
        {
            return From(train, test, holdOut, seed, [train, test]);
        }
        catch
        {
            train.Dispose();
            test.Dispose();
            throw;
        }
    }

    private static DatasetSplits From(IImageSource train, IImageSource test, int holdOut, Seed? seed, IDisposable[] owned)
    {
        long[] labels = train.ReadLabels();
        Problem[] problems =
        [
            .. Rule.Holds((train.Channels, train.Height, train.Width) == (test.Channels, test.Height, test.Width), nameof(test),
                $"test images must have the size of the training images, {Size(train)}, got {Size(test)}. Resize them beforehand."),
            .. Rule.Holds(train.ClassNames.Equals(test.ClassNames), nameof(test), $"test images must have the classes of the training images, {train.ClassNames}, got {test.ClassNames}."),
            .. Rule.Holds(holdOut >= 1 && holdOut < train.Count, nameof(holdOut),
                $"must be at least 1 and less than the {train.Count} training images, got {holdOut}. Networks are selected on the images held out."),
            .. LabelProblems(labels, train.ClassNames.Count, nameof(train)),
            .. Rule.Holds(test.Count > 0, nameof(test), "must have at least one image, got none."),
            .. LabelProblems(test.ReadLabels(), test.ClassNames.Count, nameof(test)),
        ];
        problems.ThrowIfAny(nameof(DatasetSplits));
        (long[] validation, long[] rest) = StratifiedSample.Draw(labels, holdOut, RandomStream.From(seed ?? 0).For("hold out"));
        return new DatasetSplits(new TrainingSplits(new SubsetImages(train, rest), new SubsetImages(train, validation)), test, owned);
    }

    private static IImageSource Sample(IImageSource images, long? count, RandomStream stream) =>
        count is { } some && some < images.Count ? new SubsetImages(images, StratifiedSample.Draw(images.ReadLabels(), some, stream).Drawn) : images;

    private static IEnumerable<Problem> LabelProblems(long[] labels, int classes, string name)
    {
        int at = Array.FindIndex(labels, label => label < 0 || label >= classes);
        return Rule.Holds(at < 0, name, at < 0 ? "" : $"labels must be in [0, {classes}), the number of class names, got {labels[at]} for image {at}.");
    }

    private static long Largest(Tensor labels)
    {
        using DisposeScope scope = NewDisposeScope();
        return labels.max().to(ScalarType.Int64).item<long>();
    }

    private static string Size(IImageSource images) => $"{images.Channels} x {images.Height} x {images.Width}";
}
