namespace RobustWrn.Core;

/// <summary>The test images. Reading them is counted, because a result selected on test images says nothing.</summary>
/// <param name="images">The images.</param>
public sealed class TestSplit(IImageSource images)
{
    private int _reads;

    /// <summary>How many images.</summary>
    public long Count => images.Count;

    /// <summary>Identifies the content, without reading it.</summary>
    public string Fingerprint => images.Fingerprint;

    /// <summary>How often the images were opened.</summary>
    public int Reads => Volatile.Read(ref _reads);

    /// <summary>Opens the images for a final evaluation and counts it.</summary>
    public IImageSource Open()
    {
        Interlocked.Increment(ref _reads);
        return images;
    }
}
