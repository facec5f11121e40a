namespace RobustWrn.Training.Tests;

/// <summary>A folder of its own for one test, removed afterwards. What keeps a second training out of it is not listed.</summary>
internal sealed class ScratchFolder : IDisposable
{
    private readonly DirectoryInfo _folder = new(TestFolder.Make());

    public string Path => _folder.FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public string[] Files => [.. _folder.GetFiles().Select(file => file.Name).Where(name => name != ".lock").Order()];

    public void Dispose() => _folder.Delete(recursive: true);
}
