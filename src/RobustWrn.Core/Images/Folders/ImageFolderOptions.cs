namespace RobustWrn.Core;

/// <summary>
/// What becomes of the images of a folder, and how they are decoded. The defaults fit Tiny-ImageNet; <see cref="ImageNet"/> those of
/// ImageNet.
/// </summary>
public sealed record ImageFolderOptions : IDescription
{
    // Each is a thread.
    private const int MostWorkers = 1_024;

    /// <summary>
    /// For ImageNet: the shorter side becomes 256 pixels, then 224 x 224 are cut out of the middle (He et al.
    /// 2016, arXiv 1512.03385, section 3.4).
    /// </summary>
    public static ImageFolderOptions ImageNet { get; } = new() { Height = 224, Width = 224, ShorterSide = 256 };

    /// <summary>Rows of every image. Default 64, those of Tiny-ImageNet.</summary>
    public int Height { get; init; } = 64;

    /// <summary>Columns of every image. Default 64, those of Tiny-ImageNet.</summary>
    public int Width { get; init; } = 64;

    /// <summary>
    /// To how many pixels the shorter side is brought before <see cref="Height"/> x <see cref="Width"/> are cut out of the middle.
    /// Default, when null: as few as cover them; an image that has the size already stays as it is.
    /// </summary>
    public int? ShorterSide { get; init; }

    /// <summary>
    /// The folder of the test split beside <c>train</c>. Default, when null: <c>val</c>, or <c>test</c> where there is no <c>val</c>; where
    /// both hold folders of classes, one must be named.
    /// </summary>
    public string? TestFolder { get; init; }

    /// <summary>How many images are decoded at once. Default: as many as there are processors.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// How many images may be decoded ahead of their use, at most; what is asked for beyond is decoded when it is read.
    /// Default 1,024, which are 12 MiB of Tiny-ImageNet.
    /// </summary>
    public int ImagesAhead { get; init; } = 1_024;

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. Rule.Holds(TestFolder is null
            || (TestFolder.Length is > 0 and <= 255 && TestFolder == Path.GetFileName(TestFolder)
            && TestFolder is not ("train" or "." or "..")), nameof(TestFolder),
            $"must be the name of a folder beside train, or null for the usual one, got \"{Excerpt.Of(TestFolder)}\"."),
        .. Rule.Positive(Height, most: SpecLimits.LargestSide), .. Rule.Positive(Width, most: SpecLimits.LargestSide),
        .. Rule.Positive(Workers, most: MostWorkers),
        .. Rule.NotNegative(ImagesAhead), .. Rule.FitsMemory(3.0 * Height * Width * ImagesAhead, nameof(ImagesAhead)),
        .. Rule.Holds(ShorterSide is null or <= SpecLimits.LargestSide, nameof(ShorterSide),
            $"must be at most {SpecLimits.LargestSide}, got {ShorterSide}."),
        .. Rule.Holds(ShorterSide is null || ShorterSide >= Math.Max(Height, Width), nameof(ShorterSide),
            $"must be at least the larger of the sides that are cut out, {Height} and {Width}, got {ShorterSide}."),
    ];
}
