using System.Text;

namespace RobustWrn.Core;

/// <summary>
/// Opens files that hold something. Pipes, sockets and devices have no length: opening one may wait for ever, and reading one may never
/// end.
/// </summary>
internal static class RegularFile
{
    // No line of a list of images is longer.
    private const int LongestLine = 1 << 16;

    /// <summary>Opens a file for reading.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">It is empty, or no file but a pipe or a device.</exception>
    internal static FileStream OpenRead(string path)
    {
        Refuse(path);
        return File.OpenRead(path);
    }

    /// <summary>The lines of a text, none of them longer than 65,536 characters.</summary>
    /// <exception cref="InvalidDataException">It is empty, or no file but a pipe or a device, or a line is longer.</exception>
    internal static IEnumerable<string> ReadLines(string path)
    {
        using StreamReader reader = new(OpenRead(path));
        StringBuilder line = new();
        for (int c; (c = reader.Read()) >= 0;)
        {
            if (c != '\n')
            {
                if (line.Append((char)c).Length > LongestLine)
                    throw new InvalidDataException($"{path} has a line of more than {LongestLine} characters: it is another file.");
                continue;
            }
            yield return Ended(line);
            line.Clear();
        }
        if (line.Length > 0)
            yield return Ended(line);
    }

    private static string Ended(StringBuilder line) =>
        line.Length > 0 && line[^1] == '\r' ? line.ToString(0, line.Length - 1) : line.ToString();

    private static void Refuse(string path)
    {
        FileSystemInfo file = new FileInfo(path);
        if (file.LinkTarget is not null)
            file = file.ResolveLinkTarget(returnFinalTarget: true) ?? file;
        if (file is FileInfo { Exists: true, Length: 0 })
            throw new InvalidDataException($"{path} must hold something, but is empty, or no file but a pipe or a device.");
    }
}
