namespace RobustWrn.Core;

/// <summary>How the files of one CIFAR data set are laid out.</summary>
internal sealed record CifarLayout
{
    internal const int Channels = 3, Side = 32, PixelBytes = Channels * Side * Side;

    /// <summary>For messages.</summary>
    internal required string Name { get; init; }

    /// <summary>The folder inside the official archive.</summary>
    internal required string Subfolder { get; init; }

    internal required ValueList<string> TrainingFiles { get; init; }

    internal required string TestFile { get; init; }

    /// <summary>The bytes before the pixels; the last one is the label.</summary>
    internal required ValueList<LabelByte> LabelBytes { get; init; }

    internal required ValueList<string> ClassNames { get; init; }

    /// <summary>The official archive of the binary version.</summary>
    internal required Uri Address { get; init; }

    /// <summary>Its MD5, as published beside it.</summary>
    internal required string Md5 { get; init; }

    /// <summary>The class that reads it, for messages.</summary>
    internal required string Reader { get; init; }

    /// <summary>
    /// No archive of it is larger, packed or unpacked: its 60,000 images (Krizhevsky 2009), and a megabyte of headers and names.
    /// </summary>
    internal long MostBytes => 60_000L * RecordBytes + (1 << 20);

    internal int RecordBytes => LabelBytes.Count + PixelBytes;

    internal IEnumerable<string> Files => TrainingFiles.Append(TestFile);

    internal bool FitsWholeRecords(long bytes) => bytes > 0 && bytes % RecordBytes == 0;
}

/// <summary>One byte before the pixels of a record.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Classes">It is below this.</param>
internal sealed record LabelByte(string Name, int Classes);
