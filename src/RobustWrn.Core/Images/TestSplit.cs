using System.Runtime.CompilerServices;

namespace RobustWrn.Core;

/// <summary>The test images. Reading them is counted, because a result selected on test images says nothing.</summary>
public sealed class TestSplit
{
    private readonly IImageSource _images;
    private readonly StrongBox<int> _reads;

    /// <summary>Test images that nobody has opened yet.</summary>
    /// <param name="images">The images.</param>
    public TestSplit(IImageSource images)
        : this(images, new StrongBox<int>())
    {
    }

    private TestSplit(IImageSource images, StrongBox<int> reads) => (_images, _reads) = (images, reads);

    /// <summary>How many images.</summary>
    public long Count => _images.Count;

    /// <summary>Identifies the content, without reading it.</summary>
    public string Fingerprint => _images.Fingerprint;

    /// <summary>How often the images were opened, here or in a view of fewer of them.</summary>
    public int Reads => Volatile.Read(ref _reads.Value);

    /// <summary>Opens the images for a final evaluation and counts it.</summary>
    public IImageSource Open()
    {
        Interlocked.Increment(ref _reads.Value);
        return _images;
    }

    /// <summary>A view of fewer of the images, which counts together with this one.</summary>
    internal TestSplit Of(IImageSource fewer) => new(fewer, _reads);
}
