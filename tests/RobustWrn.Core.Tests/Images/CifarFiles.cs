namespace RobustWrn.Core.Tests;

/// <summary>A folder of small files in CIFAR's binary layout, deleted afterwards.</summary>
internal sealed class CifarFiles : IDisposable
{
    public string Folder { get; } = TestFolder.Make();

    public static string[] Training10 { get; } = [.. Enumerable.Range(1, 5).Select(i => $"data_batch_{i}.bin")];

    public static CifarFiles Cifar10(int recordsPerFile = 10)
    {
        CifarFiles files = new();
        for (int i = 0; i < 5; i++)
            files.Write(Training10[i], [.. Enumerable.Range(0, recordsPerFile).SelectMany(record => Record([(byte)(record % 10)], i * recordsPerFile + record))]);
        files.Write("test_batch.bin", [.. Enumerable.Range(0, recordsPerFile).SelectMany(record => Record([(byte)(record % 10)], 100 + record))]);
        return files;
    }

    /// <summary>Label bytes, then 3,072 pixels that count up from a number.</summary>
    public static byte[] Record(byte[] labels, int first) => [.. labels, .. Enumerable.Range(first, 3_072).Select(i => (byte)i)];

    public string Write(string name, byte[] bytes)
    {
        string path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
