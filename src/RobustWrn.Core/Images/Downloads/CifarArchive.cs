using System.Formats.Tar;
using System.IO.Compression;

namespace RobustWrn.Core;

/// <summary>Brings the official archive of a CIFAR data set into a folder.</summary>
internal static class CifarArchive
{
    /// <summary>Downloads and unpacks what is not there yet.</summary>
    /// <returns>The folder of the .bin files.</returns>
    internal static async Task<string> EnsureAsync(
        CifarLayout layout, string folder, DownloadOptions? options, IProgress<DownloadProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        options ??= new DownloadOptions();
        options.ThrowIfInvalid();
        Unfinished.RemoveFromShared(folder, layout.Subfolder);
        if (Complete(layout, folder) is { } there)
            return there;
        if (File.Exists(folder))
            throw new IOException($"{folder} must be a folder, but it is a file. Choose another place for {layout.Name}.");
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, Path.GetFileName(layout.Address.LocalPath));
        ArchiveDownload download = new(options.Address ?? layout.Address, path, options.Md5 ?? layout.Md5,
            options.MostBytes ?? layout.MostBytes, options);
        bool byHand = File.Exists(path);
        if (byHand)
            RegularFile.OpenRead(path).Dispose();
        if (!byHand)
            await download.RunAsync(progress, cancellationToken).ConfigureAwait(false);
        else if (await ArchiveDownload.Md5OfAsync(path, cancellationToken).ConfigureAwait(false) is var found && !download.Matches(found))
            throw new InvalidDataException($"{path} must have MD5 {download.Md5}, got {found}: it is damaged or another file. Delete it and run again, or put the official archive there.");
        await UnpackAsync(layout, path, folder, download.MostBytes, cancellationToken).ConfigureAwait(false);
        if (!byHand)
            File.Delete(path);
        return Path.Combine(folder, layout.Subfolder);
    }

    private static string? Complete(CifarLayout layout, string folder) =>
        Array.Find([Path.Combine(folder, layout.Subfolder), folder], place => layout.Files.All(file =>
            new FileInfo(Path.Combine(place, file)) is { Exists: true } info && layout.FitsWholeRecords(info.Length)));

    // Into a folder of its own and then to its place in one step, so that no half-written file ever has a right name.
    private static async Task UnpackAsync(CifarLayout layout, string archive, string folder, long mostBytes,
        CancellationToken cancellationToken)
    {
        string temporary = Path.Combine(folder, Unfinished.Beside(layout.Subfolder)), place = Path.Combine(folder, layout.Subfolder);
        CreateFolder(temporary);
        try
        {
            await ExtractAsync(layout, archive, temporary, mostBytes, cancellationToken).ConfigureAwait(false);
            if (Complete(layout, temporary) is null)
                throw new InvalidDataException($"{archive} must hold {string.Join(", ", layout.Files)} with whole records, but does not: it is not the archive of {layout.Name}. Delete it and run again.");
            if (!Directory.Exists(place))
            {
                Directory.Move(temporary, place);
                return;
            }
            foreach (string file in layout.Files)
                File.Move(Path.Combine(temporary, file), Path.Combine(place, file), overwrite: true);
        }
        finally
        {
            if (Directory.Exists(temporary))
                Directory.Delete(temporary, recursive: true);
        }
    }

    private static async Task ExtractAsync(CifarLayout layout, string archive, string place, long mostBytes,
        CancellationToken cancellationToken)
    {
        try
        {
            using FileStream packed = RegularFile.OpenRead(archive);
            using GZipStream plain = new(packed, CompressionMode.Decompress);
            using BoundedStream bounded = new(plain, mostBytes, archive);
            using TarReader tar = new(bounded);
            while (await tar.GetNextEntryAsync(cancellationToken: cancellationToken).ConfigureAwait(false) is { } entry)
            {
                // Contents of files with known names only, so that no entry can point out of the folder, be a link or bring rights along.
                string name = entry.Name[(entry.Name.LastIndexOf('/') + 1)..];
                if (entry.DataStream is { } content && layout.Files.Contains(name))
                {
                    using FileStream file = new(Path.Combine(place, name), NewFile());
                    await content.CopyToAsync(file, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (Exception e) when (
            e is FormatException or EndOfStreamException or ArgumentException or InvalidOperationException or NotSupportedException)
        {
            throw new InvalidDataException(
                $"{archive} must be a packed archive, but is damaged: {Excerpt.Of(e.Message, 300)} Delete it and run again.", e);
        }
        catch (InvalidDataException e) when (!e.Message.Contains(archive, StringComparison.Ordinal))
        {
            throw new InvalidDataException(
                $"{archive} must be a packed archive, but is damaged: {Excerpt.Of(e.Message, 300)} Delete it and run again.", e);
        }
    }

    // Readable by all, to be written by the owner alone, whatever the archive says.
    private static FileStreamOptions NewFile()
    {
        FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        return options;
    }

    private static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
    }
}
