using RobustWrn.Core;

namespace RobustWrn.Search.Tests;

public sealed class StudyTransferTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static Study<WideResNetSpec> Open(IStudyStore store) =>
        Study.Open(Spaces.Widths(16, 32, 48, 64), new RandomSampler(), seed: 3, store);

    private StudyHeader Begun()
    {
        using Study<WideResNetSpec> study = Open(new FolderStudyStore(_folder.In("study")));
        study.Tell(study.Ask()!, 0.5);
        study.Tell(study.Ask()!, 0.25);
        study.Ask();
        return study.Header;
    }

    [Fact]
    public void Fill_ByWayOfAFile_GoesOnAsTheStudyThatWasExported()
    {
        StudyExport export = StudyTransfer.Read(new FolderStudyStore(_folder.In("study")), Begun());
        StudyTransfer.WriteJson(export, _folder.In("study.json"));
        StudyExport read = StudyTransfer.ReadJson(_folder.In("study.json"));
        StudyTransfer.Fill(read, new FolderStudyStore(_folder.In("copy")));

        Assert.Equal(export, read);
        using Study<WideResNetSpec> original = Open(new FolderStudyStore(_folder.In("study")));
        using Study<WideResNetSpec> copy = Open(new FolderStudyStore(_folder.In("copy")));
        Assert.Equal(original.Trials, copy.Trials);
        Assert.Equal(original.Ask(), copy.Ask());
    }

    [Fact]
    public void Fill_StoreWithAStudy_IsRefused()
    {
        StudyExport export = StudyTransfer.Read(new FolderStudyStore(_folder.In("study")), Begun());

        Assert.Contains("must be empty to be filled", Assert.Throws<IOException>(() =>
            StudyTransfer.Fill(export, new FolderStudyStore(_folder.In("study")))).Message);
    }

    [Fact]
    public void Fill_FactsThatCannotFollow_AreRefusedBeforeAnythingIsWritten()
    {
        StudyExport export = StudyTransfer.Read(new FolderStudyStore(_folder.In("study")), Begun());

        Assert.Throws<InvalidDataException>(() =>
            StudyTransfer.Fill(export with { Facts = [.. export.Facts.Skip(1)] }, new FolderStudyStore(_folder.In("copy"))));
        Assert.False(Directory.Exists(_folder.In("copy")));
    }

    [Fact]
    public void ReadJson_ChangedFile_IsRefused()
    {
        StudyTransfer.WriteJson(StudyTransfer.Read(new FolderStudyStore(_folder.In("study")), Begun()), _folder.In("study.json"));
        File.WriteAllText(_folder.In("study.json"), File.ReadAllText(_folder.In("study.json")).Replace("0.25", "0.75"));

        Assert.StartsWith($"{_folder.In("study.json")} must be an export of a study, but ",
            Assert.Throws<InvalidDataException>(() => StudyTransfer.ReadJson(_folder.In("study.json"))).Message);
    }
}
