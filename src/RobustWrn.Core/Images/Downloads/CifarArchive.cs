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
        if (Complete(layout, folder) is { } there)
            return there;
        if (File.Exists(folder))
            throw new IOException($"{folder} must be a folder, but it is a file. Choose another place for {layout.Name}.");
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, Path.GetFileName(layout.Address.LocalPath));
        ArchiveDownload download = new(options.Address ?? layout.Address, path, options.Md5 ?? layout.Md5, options);
        bool byHand = File.Exists(path);
        if (!byHand)
            await download.RunAsync(progress, cancellationToken).ConfigureAwait(false);
        else if (await ArchiveDownload.Md5OfAsync(path, cancellationToken).ConfigureAwait(false) is var found && !download.Matches(found))
            throw new InvalidDataException($"{path} must have MD5 {download.Md5}, got {found}: it is damaged or another file. Delete it and run again, or put the official archive there.");
        await UnpackAsync(layout, path, folder, cancellationToken).ConfigureAwait(false);
        if (!byHand)
            File.Delete(path);
        return Path.Combine(folder, layout.Subfolder);
    }

    private static string? Complete(CifarLayout layout, string folder) =>
        Array.Find([Path.Combine(folder, layout.Subfolder), folder], place => layout.Files.All(file =>
            new FileInfo(Path.Combine(place, file)) is { Exists: true } info && layout.FitsWholeRecords(info.Length)));

    // Into a folder of its own and then to its place in one step, so that no half-written file ever has a right name.
    private static async Task UnpackAsync(CifarLayout layout, string archive, string folder, CancellationToken cancellationToken)
    {
        string temporary = Path.Combine(folder, $".{layout.Subfolder}.{Environment.ProcessId}.tmp"), place = Path.Combine(folder, layout.Subfolder);
        Directory.CreateDirectory(temporary);
        try
        {
            using (FileStream packed = File.OpenRead(archive))
            using (GZipStream plain = new(packed, CompressionMode.Decompress))
            using (TarReader tar = new(plain))
            {
                while (await tar.GetNextEntryAsync(cancellationToken: cancellationToken).ConfigureAwait(false) is { } entry)
                {
                    // Only known names are written, so that no entry can point out of the folder.
                    string name = entry.Name[(entry.Name.LastIndexOf('/') + 1)..];
                    if (entry.DataStream is not null && layout.Files.Contains(name))
                        await entry.ExtractToFileAsync(Path.Combine(temporary, name), overwrite: true, cancellationToken).ConfigureAwait(false);
                }
            }
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
}
