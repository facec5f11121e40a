using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using RobustWrn.Core;
using RobustWrn.Training;

namespace RobustWrn;

/// <summary>
/// The folder an experiment is recorded in: its settings, its study, its networks. One process at a time; settings that would give other
/// networks are refused.
/// </summary>
internal sealed class ExperimentFolder : IDisposable
{
    public const string Networks = "networks";

    private static readonly SealedFile<JsonObject> SettingsFile = new("experiment", version: 2);

    // How much is done, which a rerun may change: each network is the same whatever the others are, and what was recorded beyond it stays
    // for a later run.
    private static readonly string[] Changeable = ["budget", "baselines", "replicates"];

    private const string ObjectiveName = "objective";

    private readonly FolderLock? _lock;
    private readonly TemporaryFolder? _temporary;
    private readonly string _objective;

    private ExperimentFolder(string path, FolderLock? @lock, TemporaryFolder? temporary, string objective) =>
        (Path, _lock, _temporary, _objective) = (path, @lock, temporary, objective);

    public string Path { get; }

    public string Study => System.IO.Path.Combine(Path, "study");

    private static string SettingsPath(string folder) => System.IO.Path.Combine(folder, "experiment.json");

    /// <summary>The folder of one training of one network.</summary>
    public NetworkFolder Network(RobustExperiment experiment, INetworkSpec spec, int replicate) =>
        new(Path, experiment, _objective, spec, replicate);

    /// <summary>Networks that were attacked on test here and are not among some.</summary>
    /// <param name="weights">The weights of those that do not count (<see cref="NetworkFolder.WeightsInRecord"/>).</param>
    public int OtherTests(IEnumerable<string> weights)
    {
        string networks = System.IO.Path.Combine(Path, Networks);
        HashSet<string> known = [.. weights.Select(file => file.Split('/')[^2])];
        return !Directory.Exists(networks) ? 0 : Directory.GetDirectories(networks)
            .Count(folder => File.Exists(System.IO.Path.Combine(folder, "test.json"))
                && !known.Contains(System.IO.Path.GetFileName(folder)));
    }

    /// <summary>Opens a folder, makes it if there is none, and records the settings in it.</summary>
    public static ExperimentFolder Open(string? path, ExperimentSettings settings, ILogger logger)
    {
        TemporaryFolder? temporary = path is null ? TemporaryFolder.Make() : null;
        FolderLock? @lock = null;
        try
        {
            string folder = path is null ? System.IO.Path.Combine(temporary!.Path, "record") : System.IO.Path.GetFullPath(path);
            // Workers come by the other experiments of their program, too, all at once.
            @lock = WorkerRole.IsWorkerProcess ? WorkerPlaces.Waited(folder) : FolderLock.Take(folder);
            WorkerPlaces.WaitForFormer(folder);
            Problems(folder, settings).ThrowIfAny(nameof(RobustExperiment));
            AtomicFile.RemoveUnfinished(folder, subfolders: true);
            return new ExperimentFolder(folder, @lock, temporary, Record(folder, settings, logger));
        }
        catch
        {
            @lock?.Dispose();
            temporary?.Dispose();
            throw;
        }
    }

    /// <summary>Opens a folder as a worker, under the lock of its controller.</summary>
    /// <exception cref="IOException">The controller has recorded nothing there.</exception>
    public static ExperimentFolder Join(string folder) => SettingsFile.TryRead(SettingsPath(folder), out JsonObject? recorded, out string? fault)
        ? new ExperimentFolder(folder, null, null, Objective(recorded))
        : throw new IOException($"{SettingsPath(folder)} must be there before workers begin, but {fault}.");

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
        JsonObject? recorded;
        try
        {
            // Settings that cannot be believed are recorded again: each file beside them says itself what it belongs to.
            if (!SettingsFile.TryRead(SettingsPath(folder), out recorded, out _))
                return [];
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return [new Problem(nameof(RobustExperiment.RecordedIn), e.Message)];
        }
        IReadOnlyList<string> differences =
            JsonDifference.Between(Lasting(Renewed(recorded)).ToJsonString(), Lasting(Document(settings)).ToJsonString());
        return differences.Count == 0
            ? []
            : [new Problem(nameof(RobustExperiment.RecordedIn),
                $"{folder} holds another experiment. Choose another folder, start afresh, or use the recorded settings; only "
                    + $"{string.Join(", ", Changeable)} may change. They differ in:"
                + string.Concat(differences.Select(difference => $"{Environment.NewLine}    {difference}")))];
    }

    /// <summary>Refuses to go on when the folder was deleted or moved: what follows would be written where nobody looks for it.</summary>
    public void ThrowIfLost()
    {
        _lock?.ThrowIfLost();
        if (_lock is null && !File.Exists(SettingsPath(Path)))
            throw new IOException($"{Path} must stay in its place while workers use it, but it was deleted or moved.");
    }

    /// <summary>Lets others in; a folder that nobody asked to keep is deleted.</summary>
    public void Dispose()
    {
        _lock?.Dispose();
        _temporary?.Dispose();
    }

    // The objective as it was first recorded, which the fingerprints of finished work go by: its form in files may be another one today.
    private static string Record(string folder, ExperimentSettings settings, ILogger logger)
    {
        string path = SettingsPath(folder);
        JsonObject now = Document(settings);
        if (SettingsFile.TryRead(path, out JsonObject? recorded, out string? fault))
        {
            IReadOnlyList<string> changes = JsonDifference.Between(Renewed(recorded).ToJsonString(), now.ToJsonString());
            now[ObjectiveName] = recorded[ObjectiveName]?.DeepClone();
            if (changes.Count == 0)
                return Objective(now);
            ExperimentLog.Changed(logger, folder, string.Join("; ", changes));
        }
        else if (File.Exists(path) || Directory.Exists(System.IO.Path.Combine(folder, Networks)))
        {
            ExperimentLog.DamagedRecord(logger, path, fault, SealedFile.MoveAside(path));
        }
        SettingsFile.Write(path, now);
        return Objective(now);
    }

    private static string Objective(JsonObject settings) => DescriptionJson.Canonical(settings[ObjectiveName]!.AsObject());

    private static JsonObject Renewed(JsonObject recorded)
    {
        JsonObject today = recorded.DeepClone().AsObject();
        if (today.ContainsKey(ObjectiveName))
            today[ObjectiveName] = DescriptionJson.Renewed<IRobustObjective>(recorded[ObjectiveName]);
        // What experiments of before did without having a name for it.
        foreach ((string name, JsonNode? former) in Former())
        {
            if (!today.ContainsKey(name))
                today[name] = former;
        }
        return today;
    }

    private static IEnumerable<(string, JsonNode?)> Former() =>
    [
        ("goals", JsonSerializer.SerializeToNode<ValueList<ISearchObjective>>([new RobustAccuracy()], DescriptionJson.Options)),
        ("limits", new JsonArray()),
        ("batchWidth", 1),
    ];

    private static JsonObject Lasting(JsonObject settings)
    {
        JsonObject lasting = settings.DeepClone().AsObject();
        foreach (string name in Changeable)
            lasting.Remove(name);
        return lasting;
    }

    private static JsonObject Document(ExperimentSettings settings) =>
        JsonSerializer.SerializeToNode(settings, DescriptionJson.Options)!.AsObject();
}
