using System.Globalization;
using Microsoft.Extensions.Logging;
using RobustWrn.Core;

namespace RobustWrn.Training;

/// <summary>The checkpoints of one training: one file an epoch, the last two kept.</summary>
/// <param name="path">The folder.</param>
internal sealed class CheckpointFolder(string path)
{
    private const string Prefix = "checkpoint-", Suffix = ".safetensors";
    private const int Kept = 2;

    /// <summary>The file of an epoch, counted from 1.</summary>
    public string FileOf(int epoch) => Path.Combine(path, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{epoch:0000}{Suffix}"));

    /// <summary>What is wrong with a folder before anything is computed: it, or a folder above it, is a file.</summary>
    public static IEnumerable<Problem> Problems(string folder, string name)
    {
        for (string? at = Path.GetFullPath(folder); at is not null; at = Path.GetDirectoryName(at))
        {
            if (File.Exists(at))
                return [new Problem(name, $"must be a folder that can be made, but {at} is a file. Choose another folder.")];
        }
        return [];
    }

    /// <summary>The newest checkpoint that is not damaged.</summary>
    /// <returns>The checkpoint, or null when there is none. The caller disposes it.</returns>
    /// <exception cref="CheckpointRefusedException">It belongs to another run or a newer version.</exception>
    public TrainingCheckpoint? ReadLatest(RunIdentity identity, ILogger logger)
    {
        foreach (string file in Files())
        {
            TrainingCheckpoint checkpoint;
            try
            {
                checkpoint = TrainingCheckpoint.Read(file);
            }
            catch (Exception e) when (e is InvalidDataException or WeightsFileException or EndOfStreamException)
            {
                TrainingLog.Damaged(logger, file, e.Message);
                continue;
            }
            IReadOnlyList<string> differences = identity.DifferencesFrom(checkpoint.Identity);
            if (differences.Count == 0)
                return checkpoint;
            checkpoint.Dispose();
            throw new CheckpointRefusedException(
                $"the checkpoint folder must be empty or belong to this run, but {file} was written by another one. Choose another folder, or the settings of that run. It differs in "
                + string.Join("; ", differences.Take(10)) + (differences.Count > 10 ? $"; and {differences.Count - 10} more." : "."));
        }
        return null;
    }

    /// <summary>Removes all but the newest checkpoints, and what a killed process left half written.</summary>
    public void Prune()
    {
        foreach (string file in Files().Skip(Kept).Concat(Directory.EnumerateFiles(path, $".{Prefix}*.tmp")))
            File.Delete(file);
    }

    private IEnumerable<string> Files() => Directory.Exists(path)
        ? Directory.EnumerateFiles(path, $"{Prefix}*{Suffix}").OrderByDescending(Number).ToArray()
        : [];

    private static int Number(string file) =>
        int.TryParse(Path.GetFileName(file)[Prefix.Length..^Suffix.Length], NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;
}
