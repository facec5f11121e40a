namespace RobustWrn.Samples.Tests;

/// <summary>
/// Places that cannot be written, which are noticed before any work. The tests may run as an administrator, whom permissions do not
/// stop: the kernel's own file systems do.
/// </summary>
[Trait("Category", "Slow")]
public sealed class UnwritableOutputTests : IDisposable
{
    private readonly SmallRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    [Theory]
    [InlineData("QuickStart", "--out", "/proc/results", "the file system makes no new entries there")]
    [InlineData("QuickStart", "--out", "FILE", "is a file")]
    [InlineData("QuickStart", "--out", "FILE/below", "is a file")]
    [InlineData("QuickStart", "--out", "LONG", "a name is longer than the file system allows")]
    [InlineData("QuickStart", "--out", "TAKEN(result.json)", "result.json is a folder")]
    [InlineData("QuickStart", "--out", "TAKEN(report.md)", "report.md is a folder")]
    [InlineData("SearchArchitecture", "--out", "/proc/results", "the file system makes no new entries there")]
    [InlineData("SearchArchitecture", "--out", "FILE/below", "is a file")]
    [InlineData("SearchArchitecture", "--out", "TAKEN(report.md)", "report.md is a folder")]
    [InlineData("TrainModel", "--out", "/sys/results", "/sys")]
    [InlineData("TrainModel", "--out", "FILE", "is a file")]
    [InlineData("TrainModel", "--out", "LONG", "a name is longer than the file system allows")]
    [InlineData("TrainModel", "--out", "TAKEN(best.safetensors)", "best.safetensors is a folder")]
    [InlineData("TrainModel", "--out", "TAKEN(metrics.csv)", "metrics.csv is a folder")]
    [InlineData("EvaluateModel", "--out", "/proc/results.json", "the file system makes no new entries there")]
    [InlineData("EvaluateModel", "--out", "/dev/null", "it is a device or a pipe")]
    [InlineData("EvaluateModel", "--out", "LONG", "a name is longer than the file system allows")]
    [InlineData("EvaluateModel", "--timing", "/sys/times.json", "/sys")]
    [InlineData("EvaluateModel", "--save-adversarial", "FILE/below", "is a file")]
    [InlineData("EvaluateModel", "--journal", "/proc/journal", "the file system makes no new entries there")]
    [InlineData("EvaluateModel", "--journal", "TAKEN(journal.jsonl)", "journal.jsonl is a folder")]
    [InlineData("DescribeArchitecture", "--svg", "/proc/drawing.svg", "the file system makes no new entries there")]
    [InlineData("DescribeArchitecture", "--svg", "LONG", "a name is longer than the file system allows")]
    public void Sample_OutputThatCannotBeWritten_IsRefusedBeforeAnyWork(string sample, string option, string place, string why)
    {
        Assert.SkipWhen(place[0] == '/' && !OperatingSystem.IsLinux(), "there is no such place");
        string path = Place(place);
        string[] arguments = sample switch
        {
            "DescribeArchitecture" => ["WRN-28-10"],
            "EvaluateModel" => ["--weights", _runs.Weights(), "--data", "synthetic"],
            _ => ["--images", "160"],
        };

        (int code, string output, string error) = SampleProcess.Run(sample, [.. arguments, option, path]);

        Assert.Equal(2, code);
        Assert.Empty(output);
        Assert.StartsWith($"{option} must ", error, StringComparison.Ordinal);
        Assert.Contains(why, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    // LONG is a name that no file system takes, FILE a file, TAKEN(x) a folder in which a folder is where the file x shall be.
    private string Place(string place)
    {
        if (place.StartsWith("TAKEN(", StringComparison.Ordinal))
        {
            Directory.CreateDirectory(_runs.In(Path.Combine("taken", place[6..^1])));
            return _runs.In("taken");
        }
        if (place.StartsWith("FILE", StringComparison.Ordinal))
            File.WriteAllText(_runs.In("file"), "");
        string name = place.Replace("LONG", new string('x', 300), StringComparison.Ordinal).Replace("FILE", "file", StringComparison.Ordinal);
        return place[0] == '/' ? place : _runs.In(name);
    }
}
