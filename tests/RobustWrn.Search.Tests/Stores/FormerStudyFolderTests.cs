using System.Text.Json.Nodes;

namespace RobustWrn.Search.Tests;

/// <summary>Studies of one file a trial (tests/Fixtures/stored/experiment, written by the first version) are read on.</summary>
public sealed class FormerStudyFolderTests : IDisposable
{
    private static readonly string Former = Path.Combine(AppContext.BaseDirectory, "Fixtures", "stored", "experiment", "study");

    private static readonly StudyOptions Options = new()
    {
        Width = 1,
        Objectives = [StudyObjective.Maximise("robust", ObjectiveKind.Share)],
    };

    private readonly TestFolder _folder = new();

    public FormerStudyFolderTests()
    {
        foreach (string file in Directory.GetFiles(Former))
            File.Copy(file, _folder.In(Path.GetFileName(file)));
    }

    public void Dispose() => _folder.Dispose();

    private StudyHeader Asked(StudyOptions options)
    {
        JsonNode former = JsonNode.Parse(File.ReadAllText(Path.Combine(Former, "study.json")))!["content"]!;
        return new StudyHeader
        {
            Space = former["space"]!.ToJsonString(),
            SpaceFingerprint = (string)former["spaceFingerprint"]!,
            Sampler = former["sampler"]!.ToJsonString(),
            Seed = (long)former["seed"]!,
            Width = options.Width,
            Objectives = options.Objectives,
        };
    }

    [Fact]
    public void Open_OneFileATrial_IsALogOfTheSameTrials()
    {
        string[] before = Directory.GetFiles(Former, "trial-*.json");
        using (FolderStudyStore store = new(_folder.Path))
        {
            Assert.Equal(Asked(Options), store.Open(Asked(Options)));
            StudyLog log = new(Asked(Options));
            foreach (LoggedFact fact in store.Read(0))
                log.Apply(fact);
            Assert.Equal(before.Length, log.Trials.Count);
            JsonNode first = JsonNode.Parse(File.ReadAllText(before.Order(StringComparer.Ordinal).First()))!["content"]!;
            TrialRecord trial = log.Find(0)!;
            Assert.Equal(first["specFingerprint"]!.ToString(), trial.SpecFingerprint);
            Assert.Equal((long)first["score"]!["hits"]!, trial.Outcome!.Find("robust")!.Share!.Value.Hits);
            Assert.Equal((double)first["seconds"]!, trial.Seconds!.Value, 3);
        }
        Assert.Empty(Directory.GetFiles(_folder.Path, "trial-*.json"));
        using FolderStudyStore again = new(_folder.Path);
        Assert.Equal(Asked(Options), again.Open(Asked(Options)));
        Assert.NotEmpty(again.Read(0));
    }

    [Fact]
    public void Open_AsAnotherStudy_NamesTheStoredOneAndChangesNothing()
    {
        Dictionary<string, string> before = Directory.GetFiles(_folder.Path, "*.json").ToDictionary(file => file, File.ReadAllText);
        using (FolderStudyStore store = new(_folder.Path))
            Assert.Equal(1, store.Open(Asked(Options with { Width = 8 })).Width);

        Assert.Equal(before, Directory.GetFiles(_folder.Path, "*.json*").ToDictionary(file => file, File.ReadAllText));
    }
}
