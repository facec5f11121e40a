using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace RobustWrn.Core;

/// <summary>
/// A kind of file that a rerun believes: <c>{"kind": "training", "version": 1, "belongsTo": {"network": "..."}, "content": {...}, "sha256":
/// "..."}</c>. The sum covers all of it, and the content counts only for what the file belongs to, so that neither damage nor a file of
/// another run, network or format is taken for finished work.
/// </summary>
/// <typeparam name="T">The content, as <see cref="DescriptionJson.Options"/> write it.</typeparam>
/// <param name="kind">What it is, in files.</param>
/// <param name="version">The version of the content's format.</param>
/// <remarks>
/// The four properties and the sum are the same in all versions, so that a sound file of a newer one is known, and refused by name, rather
/// than taken for damaged.
/// </remarks>
public sealed class SealedFile<T>(string kind, int version)
    where T : class
{
    /// <summary>Writes a file, atomically.</summary>
    /// <param name="path">Where.</param>
    /// <param name="content">What.</param>
    /// <param name="belongsTo">Fingerprints of what the content holds for, by name.</param>
    public void Write(string path, T content, params ReadOnlySpan<(string Name, string Fingerprint)> belongsTo)
    {
        JsonObject owners = [];
        foreach ((string name, string fingerprint) in belongsTo)
            owners[name] = fingerprint;
        AtomicFile.WriteText(path, SealedJson.Seal(new JsonObject
        {
            ["kind"] = kind,
            ["version"] = version,
            ["belongsTo"] = owners,
            ["content"] = JsonSerializer.SerializeToNode(content, DescriptionJson.Options),
        }).ToJsonString(DescriptionJson.Options));
    }

    /// <summary>Reads a file and verifies it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">The content, of a file that is to be believed.</param>
    /// <param name="fault">Why it is not, as the end of a sentence.</param>
    /// <param name="belongsTo">Fingerprints of what the content must hold for, by name; the file's others do not matter.</param>
    /// <exception cref="InvalidDataException">The file is sound and of a newer version.</exception>
    /// <exception cref="IOException">It is there and cannot be read.</exception>
    public bool TryRead(
        string path,
        [NotNullWhen(true)] out T? content,
        [NotNullWhen(false)] out string? fault,
        params ReadOnlySpan<(string Name, string Fingerprint)> belongsTo)
    {
        content = null;
        JsonObject document;
        try
        {
            document = SealedJson.Open(SealedJson.Parse(File.ReadAllText(path)));
        }
        catch (Exception e) when (e is InvalidDataException or FileNotFoundException or DirectoryNotFoundException)
        {
            fault = e is InvalidDataException ? e.Message : "it is missing";
            return false;
        }
        fault = Fault(path, document, belongsTo);
        if (fault is not null)
            return false;
        try
        {
            content = document["content"].Deserialize<T>(DescriptionJson.Options);
            fault = content is null ? "it is empty" : null;
        }
        catch (Exception e) when (
            e is JsonException or InvalidDataException or InvalidOperationException or FormatException
                or ArgumentException or NotSupportedException or OverflowException)
        {
            fault = e.Message;
        }
        return fault is null;
    }

    private string? Fault(string path, JsonObject document, ReadOnlySpan<(string Name, string Fingerprint)> belongsTo)
    {
        if (Text(document["kind"]) != kind)
            return $"it is a file of the kind {Shown(document["kind"])}, not \"{kind}\"";
        if (document["version"] is not JsonValue number || !number.TryGetValue(out int found) || found < version)
            return $"it has version {Shown(document["version"])}, and this library reads version {version}";
        if (found > version)
            throw new InvalidDataException($"{path} has version {found}; this library reads version {version}. Use the library that "
                + "wrote it, or a newer one.");
        JsonObject? owners = document["belongsTo"] as JsonObject;
        foreach ((string name, string fingerprint) in belongsTo)
        {
            if (Text(owners?[name]) != fingerprint)
                return $"it belongs to another {name}";
        }
        return null;
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static string Shown(JsonNode? node) => node?.ToJsonString() is { } text ? text.Length <= 40 ? text : $"{text[..40]}..."
        : "nothing";
}

/// <summary>What is done with files that are not what a rerun may believe.</summary>
public static class SealedFile
{
    /// <summary>SHA-256 of a file's bytes, in lower-case hexadecimal: what a sealed file names another one by.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">It is not there, or cannot be read.</exception>
    public static string SumOf(string path)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 20,
            FileOptions.SequentialScan);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <summary>Moves a file or a folder out of the way, so that what it held can be made again and nobody's data are lost.</summary>
    /// <param name="path">The file or folder; it need not exist.</param>
    /// <returns>Where it is now: its place with <c>.damaged</c> behind it, in which what an earlier call moved there is replaced.</returns>
    public static string MoveAside(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string aside = $"{path}.damaged";
        if (Directory.Exists(path))
        {
            if (Directory.Exists(aside))
                Directory.Delete(aside, recursive: true);
            Directory.Move(path, aside);
        }
        else if (File.Exists(path))
        {
            File.Move(path, aside, overwrite: true);
        }
        return aside;
    }
}
