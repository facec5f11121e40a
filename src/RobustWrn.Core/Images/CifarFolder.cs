using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>Reads files of CIFAR records straight into a tensor.</summary>
internal static class CifarFolder
{
    private const int RecordsAtOnce = 1_000;

    internal static DatasetSplits Splits(CifarLayout layout, string folder, int holdOut, Seed? seed)
    {
        string place = Find(layout, folder, [.. layout.Files]);
        InMemoryImages train = Read(layout, place, layout.TrainingFiles);
        try
        {
            return DatasetSplits.Owning(train, Read(layout, place, [layout.TestFile]), holdOut, seed);
        }
        catch
        {
            train.Dispose();
            throw;
        }
    }

    internal static InMemoryImages Read(CifarLayout layout, string folder, ValueList<string> files)
    {
        TorchRuntime.EnsureLoaded();
        string place = Find(layout, folder, files);
        (string Path, long Records)[] parts = [.. files.Select(file => Path.Combine(place, file)).Select(path => (path, Records(layout, path)))];
        long total = parts.Sum(part => part.Records);
        Tensor pixels = empty([total, CifarLayout.Channels, CifarLayout.Side, CifarLayout.Side], ScalarType.Byte).DetachFromDisposeScope();
        Tensor labels = empty([total], ScalarType.Int64).DetachFromDisposeScope();
        try
        {
            long at = 0;
            foreach ((string path, long records) in parts)
            {
                ReadFile(layout, path, records, pixels, labels, at);
                at += records;
            }
            return new InMemoryImages(pixels, labels, layout.ClassNames);
        }
        catch
        {
            pixels.Dispose();
            labels.Dispose();
            throw;
        }
    }

    /// <summary>The folder that holds the files: the one given, or the archive's folder inside it.</summary>
    internal static string Find(CifarLayout layout, string folder, ValueList<string> files)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        string remedy = $"Unpack the {layout.Name} binary version ({layout.Address}) there, or call {layout.Reader}.DownloadAsync.";
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"{folder} must be a folder with the files of {layout.Name}, but there is no such folder. {remedy}");
        string[] places = [folder, Path.Combine(folder, layout.Subfolder)];
        string place = Array.Find(places, place => files.Any(file => File.Exists(Path.Combine(place, file)))) ?? folder;
        string[] missing = [.. files.Where(file => !File.Exists(Path.Combine(place, file)))];
        if (missing.Length > 0)
            throw new FileNotFoundException($"{place} must hold {string.Join(", ", files)}, but lacks {string.Join(", ", missing)}. {remedy}", Path.Combine(place, missing[0]));
        return place;
    }

    private static long Records(CifarLayout layout, string path)
    {
        long bytes = new FileInfo(path).Length;
        if (layout.FitsWholeRecords(bytes))
            return bytes / layout.RecordBytes;
        string found = bytes == 0 ? "it is empty" : $"{bytes / layout.RecordBytes} records and {Quantity.Of(bytes % layout.RecordBytes, "byte")} more";
        throw new InvalidDataException(
            $"{path} must hold a whole number of {layout.Name} records of {layout.RecordBytes} bytes, at least one, got {bytes} bytes ({found}). "
            + "The file is truncated, oversized or of another data set: unpack it again.");
    }

    private static void ReadFile(CifarLayout layout, string path, long records, Tensor pixels, Tensor labels, long start)
    {
        int before = layout.LabelBytes.Count;
        byte[] buffer = new byte[Math.Min(RecordsAtOnce, records) * layout.RecordBytes];
        using FileStream stream = RegularFile.OpenRead(path);
        for (long done = 0; done < records; done += RecordsAtOnce)
        {
            int count = (int)Math.Min(RecordsAtOnce, records - done);
            stream.ReadExactly(buffer, 0, count * layout.RecordBytes);
            long[] classes = new long[count];
            for (int i = 0; i < count; i++)
            {
                int at = i * layout.RecordBytes;
                for (int b = 0; b < before; b++)
                    CheckLabel(layout.LabelBytes[b], buffer[at + b], path, done + i);
                classes[i] = buffer[at + before - 1];
            }
            TensorMemory.Rows(pixels, start + done, count, bytes =>
            {
                for (int i = 0; i < count; i++)
                    buffer.AsSpan(i * layout.RecordBytes + before, CifarLayout.PixelBytes).CopyTo(bytes[(i * CifarLayout.PixelBytes)..]);
            });
            TensorMemory.Rows(labels, start + done, count, bytes => System.Runtime.InteropServices.MemoryMarshal.AsBytes<long>(classes).CopyTo(bytes));
        }
    }

    private static void CheckLabel(LabelByte label, byte value, string path, long record)
    {
        if (value >= label.Classes)
            throw new InvalidDataException(
                $"{path}: the {label.Name} of record {record} must be in [0, {label.Classes}), got {value}. The file is damaged or of another data set: unpack it again.");
    }
}
