using System.Globalization;
using Microsoft.Extensions.Logging;
using RobustWrn.Core;

namespace RobustWrn.Training;

/// <summary>The checkpoints of one training: one file for each epoch or step that is recorded, the last ones kept.</summary>
/// <param name="path">The folder.</param>
/// <param name="kept">How many are kept.</param>
internal sealed class CheckpointFolder(string path, int kept) : IDisposable
{
    private const string Prefix = "checkpoint-", Suffix = ".safetensors";
    private readonly FolderLock _lock = FolderLock.Take(path);
    private readonly HashSet<string> _damaged = [];

    /// <summary>The file of a state of the training.</summary>
    /// <param name="epochs">Epochs that are done.</param>
    /// <param name="steps">Steps of the next one that are done.</param>
    public string FileOf(int epochs, int steps = 0) => Path.Combine(path, steps == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{Prefix}{epochs:0000}{Suffix}")
        : string.Create(CultureInfo.InvariantCulture, $"{Prefix}{epochs:0000}-{steps:000000}{Suffix}"));

    /// <summary>Problems of a folder, before anything is computed: it, or a folder above it, is a file.</summary>
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
    /// <exception cref="CheckpointRefusedException">It belongs to another run or a another version.</exception>
    public TrainingCheckpoint? ReadLatest(RunIdentity identity, ILogger logger)
    {
        foreach (string file in Files())
        {
            TrainingCheckpoint checkpoint;
            try
            {
                checkpoint = TrainingCheckpoint.Read(file);
            }
            catch (InvalidDataException e)
            {
                TrainingLog.Damaged(logger, file, e.Message);
                _damaged.Add(file);
                continue;
            }
            IReadOnlyList<string> differences = identity.DifferencesFrom(checkpoint.Identity);
            if (differences.Count == 0)
                return checkpoint;
            checkpoint.Dispose();
            throw new CheckpointRefusedException(
                $"the checkpoint folder must be empty or belong to this run, but {file} was written by another one. Choose another folder, or the settings of that run. It differs in "
                + RunIdentity.Listed(differences), differences);
        }
        return null;
    }

    /// <summary>Removes all but the newest checkpoints, once one more is written: also damaged ones, which count for none.</summary>
    /// <param name="written">What was written, whatever its number.</param>
    /// <param name="logger">Told what could not be removed, which does no harm.</param>
    public void Prune(string written, ILogger logger)
    {
        _damaged.Remove(written);
        string[] sound = [written, .. Files().Where(file => file != written && !_damaged.Contains(file))];
        Remove([.. sound.Skip(kept), .. _damaged], logger);
        _damaged.Clear();
    }

    /// <summary>Removes the checkpoints within an epoch that begins anew.</summary>
    /// <param name="epochs">Epochs before it.</param>
    /// <param name="logger">Told what could not be removed.</param>
    public void RemoveWithin(int epochs, ILogger logger) => Remove([.. Files().Where(file => Numbers(file) is (int done, > 0) && done == epochs)], logger);

    /// <summary>Refuses to write where the folder was deleted or moved.</summary>
    /// <exception cref="IOException">It was.</exception>
    public void ThrowIfLost() => _lock.ThrowIfLost();

    public void Dispose() => _lock.Dispose();

    private static void Remove(string[] files, ILogger logger)
    {
        foreach (string file in files)
        {
            try
            {
                File.Delete(file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                TrainingLog.NotRemoved(logger, file, e.Message);
            }
        }
    }

    private IEnumerable<string> Files() => Directory.Exists(path)
        ? Directory.EnumerateFiles(path, $"{Prefix}*{Suffix}").OrderByDescending(Numbers).ToArray()
        : [];

    private static (int Epochs, int Steps) Numbers(string file)
    {
        string[] numbers = Path.GetFileName(file)[Prefix.Length..^Suffix.Length].Split('-');
        return (Number(numbers[0]), numbers.Length > 1 ? Number(numbers[1]) : 0);

        static int Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;
    }
}
