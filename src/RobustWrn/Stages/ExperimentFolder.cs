using System.Text.Json;
using System.Text.Json.Nodes;
using RobustWrn.Core;

namespace RobustWrn;

/// <summary>The folder an experiment is recorded in: its settings, its study, its networks. One process at a time; other settings are refused.</summary>
internal sealed class ExperimentFolder : IDisposable
{
    private const int Version = 1;
    private readonly FolderLock _lock;
    private readonly bool _temporary;

    private ExperimentFolder(string path, FolderLock @lock, bool temporary) => (Path, _lock, _temporary) = (path, @lock, temporary);

    public string Path { get; }

    public string Study => System.IO.Path.Combine(Path, "study");

    private static string SettingsFile(string folder) => System.IO.Path.Combine(folder, "experiment.json");

    /// <summary>The folder of one training of one network.</summary>
    public string Network(INetworkSpec spec, int replicate) =>
        System.IO.Path.Combine(Path, "networks", $"{DescriptionJson.Fingerprint(spec)[..16]}-r{replicate}");

    /// <summary>Opens a folder, makes it if there is none, and records the settings in it.</summary>
    public static ExperimentFolder Open(string? path, ExperimentSettings settings)
    {
        bool temporary = path is null;
        string folder = System.IO.Path.GetFullPath(path ?? System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"robustwrn-{Guid.NewGuid():N}"));
        Problems(folder, settings).ThrowIfAny(nameof(RobustExperiment));
        Directory.CreateDirectory(folder);
        FolderLock @lock = FolderLock.Take(folder);
        try
        {
            if (!File.Exists(SettingsFile(folder)))
                AtomicFile.WriteText(SettingsFile(folder), Document(settings).ToJsonString(DescriptionJson.Options));
            return new ExperimentFolder(folder, @lock, temporary);
        }
        catch
        {
            @lock.Dispose();
            throw;
        }
    }

    /// <summary>Why a folder cannot be used for these settings, without touching it.</summary>
    public static IEnumerable<Problem> Problems(string? path, ExperimentSettings settings)
    {
        if (path is null)
            return [];
        string folder = System.IO.Path.GetFullPath(path);
        for (string? parent = folder; parent is not null; parent = System.IO.Path.GetDirectoryName(parent))
        {
            if (File.Exists(parent))
                return [new Problem(nameof(RobustExperiment.RecordedIn), $"must be a folder that exists or can be made, but {parent} is a file. Choose another folder.")];
        }
        if (!File.Exists(SettingsFile(folder)))
            return [];
        JsonObject recorded;
        try
        {
            recorded = JsonNode.Parse(File.ReadAllText(SettingsFile(folder)))?.AsObject() ?? throw new JsonException("it is empty");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or IOException)
        {
            return [new Problem(nameof(RobustExperiment.RecordedIn), $"{SettingsFile(folder)} cannot be read ({e.Message}). Choose another folder, or start afresh.")];
        }
        if (recorded["version"] is JsonValue version && version.TryGetValue(out int number) && number > Version)
            return [new Problem(nameof(RobustExperiment.RecordedIn), $"{folder} has version {number}; this library reads versions 1 to {Version}. Use the library that wrote it.")];
        IReadOnlyList<string> differences = JsonDifference.Between(recorded.ToJsonString(), Document(settings).ToJsonString());
        return differences.Count == 0
            ? []
            : [new Problem(nameof(RobustExperiment.RecordedIn),
                $"{folder} holds another experiment. Choose another folder, start afresh, or use the recorded settings. They differ in:"
                + string.Concat(differences.Select(line => $"{Environment.NewLine}    {line}")))];
    }

    public void Dispose()
    {
        _lock.Dispose();
        if (_temporary)
            Directory.Delete(Path, recursive: true);
    }

    private static JsonObject Document(ExperimentSettings settings)
    {
        JsonObject document = JsonSerializer.SerializeToNode(settings, DescriptionJson.Options)!.AsObject();
        document.Insert(0, "version", Version);
        return document;
    }
}
