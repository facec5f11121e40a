using System.Text.Json;
using RobustWrn.Core;

namespace RobustWrn;

/// <summary>What a process is told that is to work on an experiment: an environment variable says so.</summary>
/// <param name="Folder">The folder that the experiment is recorded in, as a full path.</param>
/// <param name="Settings">The fingerprint of its settings: another experiment of the program is none of this worker's.</param>
/// <param name="Number">The number of the worker, from 0.</param>
/// <param name="Pipe">The name of the pipe to the controller.</param>
/// <param name="Threads">Threads to compute with.</param>
internal sealed record WorkerRole(string Folder, string Settings, int Number, string Pipe, int Threads)
{
    public const string Variable = "ROBUSTWRN_WORKER";

    private static readonly Lazy<WorkerRole?> OfThisProcess = new(() => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } text
        ? JsonSerializer.Deserialize<WorkerRole>(text) : null);

    /// <summary>True in a process that was started as a worker.</summary>
    public static bool IsWorkerProcess => OfThisProcess.Value is not null;

    /// <summary>The role of this process in an experiment; null where it is that of any program.</summary>
    public static WorkerRole? In(RobustExperiment experiment) =>
        OfThisProcess.Value is { } role && experiment.Folder is { } folder && Path.GetFullPath(folder) == role.Folder
            && FingerprintOf(experiment) == role.Settings ? role : null;

    /// <summary>The fingerprint of an experiment's settings.</summary>
    public static string FingerprintOf(RobustExperiment experiment) => DescriptionJson.Fingerprint(
        JsonSerializer.Serialize(ExperimentCheck.Settings(experiment), DescriptionJson.Options));

    /// <summary>The value of the variable.</summary>
    public string ToText() => JsonSerializer.Serialize(this);
}
