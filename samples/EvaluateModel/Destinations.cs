using RobustWrn.Core;
using RobustWrn.Samples;

namespace EvaluateModel;

/// <summary>The places of results: checked before the run, not after hours of it, and kept to one process as long as it runs.</summary>
internal sealed class Destinations : IDisposable
{
    private readonly Stack<FileLock> _locks = new();

    private Destinations()
    {
    }

    /// <summary>Takes the places of all files that the run writes.</summary>
    /// <exception cref="IOException">Another process has one of them.</exception>
    public static Destinations Take(Choices choices)
    {
        Destinations taken = new();
        try
        {
            foreach (string file in new[] { choices.Output, choices.Timing, choices.Adversarial }.OfType<string>())
                taken._locks.Push(FileLock.Take(file));
            return taken;
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    /// <summary>Lets others in.</summary>
    public void Dispose()
    {
        while (_locks.TryPop(out FileLock? taken))
            taken.Dispose();
    }

    public static void Check(Choices choices, List<string> problems)
    {
        Writable(choices.Output, "--out", folder: false, problems);
        Writable(choices.Timing, "--timing", folder: false, problems);
        Writable(choices.Adversarial, "--save-adversarial", folder: false, problems);
        int before = problems.Count;
        Writable(choices.Journal, "--journal", folder: true, problems);
        if (choices.Journal is { } journal && problems.Count == before)
            Writable(Path.Combine(journal, "journal.jsonl"), "--journal", folder: false, problems);
        (string Option, string? Path)[] files =
            [("--out", choices.Output), ("--timing", choices.Timing), ("--save-adversarial", choices.Adversarial)];
        foreach (var same in files.Where(file => !string.IsNullOrEmpty(file.Path)).GroupBy(file => Path.GetFullPath(file.Path!)))
        {
            string[] options = [.. same.Select(file => file.Option)];
            if (options.Length > 1)
                problems.Add($"{string.Join(" and ", options)} must name different files, got {same.First().Path}. Choose another place for one.");
        }
        if (choices.Threat.Curve is null)
            return;
        if (choices.Adversarial is { } images)
            problems.Add($"--save-adversarial must not be given with --eps-curve, got {images}: "
                + "run the radius whose images are wanted alone, with --eps.");
        if (choices.Timing is { } times)
            problems.Add($"--timing must not be given with --eps-curve, got {times}: time one radius alone, with --eps.");
    }

    private static void Writable(string? path, string option, bool folder, List<string> problems)
    {
        if (path is not null)
            problems.AddRange((folder ? OutputPlace.OfFolder(path, option) : OutputPlace.OfFile(path, option)).Select(CommandLine.Text));
    }
}
