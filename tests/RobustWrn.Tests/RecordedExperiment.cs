using RobustWrn.Core;

namespace RobustWrn.Tests;

/// <summary>A finished experiment in a folder, and copies of it to damage.</summary>
public sealed class RecordedExperiment : IDisposable
{
    private readonly DatasetSplits _images = SmallExperiment.Images();
    private readonly TestFolder _folder = new();
    private int _copies;

    public RecordedExperiment()
    {
        Result = SmallExperiment.On(_images).RecordedIn(Record).RunAsync().GetAwaiter().GetResult();
        SmallExperiment.On(_images).Seeded(4).RecordedIn(OtherSeed).RunAsync().GetAwaiter().GetResult();
    }

    internal ExperimentResult Result { get; }

    public string Record => _folder.In("record");

    /// <summary>The same experiment with another seed.</summary>
    public string OtherSeed => _folder.In("other");

    /// <summary>All files that were recorded, below the folder, but for locks.</summary>
    public string[] Files => [.. Directory.GetFiles(Record, "*", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Record, file))
        .Where(file => Path.GetFileName(file) != ".lock").Order(StringComparer.Ordinal)];

    /// <summary>A copy of the folder.</summary>
    public string Copy()
    {
        string copy = _folder.In($"copy{++_copies}");
        foreach (string file in Files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(copy, file))!);
            File.Copy(Path.Combine(Record, file), Path.Combine(copy, file));
        }
        return copy;
    }

    /// <summary>Runs the experiment again in a folder, which must end in the same result and the same weights.</summary>
    /// <returns>The warnings.</returns>
    internal async Task<IReadOnlyList<string>> RunAgainAsync(string folder)
    {
        ListLogger log = new(), silent = new();
        RobustExperiment experiment = SmallExperiment.On(_images).RecordedIn(folder);

        ExperimentResult again = await experiment.LoggedTo(log).RunAsync();

        Assert.Equal(RobustExperimentTests.Comparable(Result), RobustExperimentTests.Comparable(again));
        foreach (string weights in Files.Where(file => file.EndsWith("weights.safetensors", StringComparison.Ordinal)))
            Assert.Equal(File.ReadAllBytes(Path.Combine(Record, weights)), File.ReadAllBytes(Path.Combine(folder, weights)));
        // All is sound again.
        await experiment.LoggedTo(silent).RunAsync();
        Assert.Empty(silent.Warnings);
        return log.Warnings;
    }

    public void Dispose()
    {
        _images.Dispose();
        _folder.Dispose();
    }
}
