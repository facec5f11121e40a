namespace EvaluateModel;

/// <summary>Checks where results go: said before the run, not after hours of it.</summary>
internal static class Destinations
{
    public static void Check(Choices choices, List<string> problems)
    {
        Writable(choices.Output, "--out", folder: false, problems);
        Writable(choices.Timing, "--timing", folder: false, problems);
        Writable(choices.Adversarial, "--save-adversarial", folder: false, problems);
        Writable(choices.Journal, "--journal", folder: true, problems);
        if (choices.Threat.Curve is null)
            return;
        if (choices.Adversarial is { } images)
            problems.Add($"--save-adversarial must not be given with --eps-curve, got {images}: run the radius whose images are wanted alone, with --eps.");
        if (choices.Timing is { } times)
            problems.Add($"--timing must not be given with --eps-curve, got {times}: time one radius alone, with --eps.");
    }

    private static void Writable(string? path, string option, bool folder, List<string> problems)
    {
        if (path is null)
            return;
        string kind = folder ? "folder" : "file";
        if (path.Length == 0 || (folder ? File.Exists(path) : Directory.Exists(path)))
            problems.Add($"{option} must name a {kind}, but {(path.Length == 0 ? "it is empty" : $"{path} is a {(folder ? "file" : "folder")}")}.");
        for (string? parent = path.Length == 0 ? null : Path.GetDirectoryName(Path.GetFullPath(path)); parent is not null; parent = Path.GetDirectoryName(parent))
        {
            if (File.Exists(parent))
                problems.Add($"{option} must lie in a folder, but {parent} is a file. Choose another place.");
        }
    }
}
