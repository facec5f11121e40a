using System.IO.Compression;

namespace RobustWrn.Core.Tests;

/// <summary>Whatever is wrong with a packed file of images, the message names the file.</summary>
public sealed class DamagedArchiveTests : IDisposable
{
    private readonly string _folder = TestFolder.Make();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void ReadMnist_AnyByteOfThePackedFileDamaged_NamesTheFile()
    {
        byte[] packed = Gzip([0, 0, 8, 1, 0, 0, 0, 200, .. Enumerable.Range(0, 200).Select(i => (byte)(i * i % 10))]);
        string path = Write("t10k-labels-idx1-ubyte.gz", packed);
        Write("t10k-images-idx3-ubyte.gz", Gzip([0, 0, 8, 3, 0, 0, 0, 200, 0, 0, 0, 1, 0, 0, 0, 1, .. new byte[200]]));
        Mnist.ReadTest(_folder).Dispose();

        EachDamage(packed, path, () => Mnist.ReadTest(_folder).Dispose());
    }

    [Theory]
    [InlineData("deflated.npz")]
    [InlineData("stored.npz")]
    public void ReadNpz_AnyByteDamaged_NamesTheFile(string name)
    {
        byte[] whole = File.ReadAllBytes(ArrayImagesTests.Fixture(name));
        string path = Write(name, whole);

        EachDamage(whole, path, () => NpzImages.Read(path).Dispose());
    }

    [Theory]
    [InlineData("protocol2.pickle")]
    [InlineData("protocol5.pickle")]
    public void ReadPickle_AnyByteDamaged_NamesTheFile(string name)
    {
        byte[] whole = File.ReadAllBytes(ArrayImagesTests.Fixture(name));
        string path = Write(name, whole);

        EachDamage(whole, path, () => PickledImages.Read(path).Dispose());
    }

    [Fact]
    public void ReadAny_EmptyFileOrPipe_IsNamedAndNotWaitedFor()
    {
        string npz = Write("a.npz", []);
        Write("t10k-images-idx3-ubyte.gz", []);
        Write("t10k-labels-idx1-ubyte.gz", []);

        Assert.Contains($"{npz} must hold something", Assert.Throws<InvalidDataException>(() => NpzImages.Read(npz)).Message);
        Assert.Contains("t10k-images-idx3-ubyte.gz must hold something", Assert.Throws<InvalidDataException>(() => Mnist.ReadTest(_folder))
            .Message);
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no pipes in folders");
        File.Delete(npz);
        using (System.Diagnostics.Process made = System.Diagnostics.Process.Start("mkfifo", [npz]))
            made.WaitForExit();
        Assert.Contains("a pipe or a device", Assert.Throws<InvalidDataException>(() => NpzImages.Read(npz)).Message);
    }

    // Some damage changes nothing that is read; what is refused names its file.
    private static void EachDamage(byte[] whole, string path, Action read)
    {
        int refused = 0;
        for (int at = 0; at < whole.Length; at += Math.Max(1, whole.Length / 150))
        {
            foreach (byte[] damaged in (byte[][])[[.. whole[..at], (byte)(whole[at] ^ 0x55), .. whole[(at + 1)..]], whole[..at]])
            {
                if (damaged.Length == 0)
                    continue;
                File.WriteAllBytes(path, damaged);
                if (Record.Exception(read) is not { } e)
                    continue;
                refused++;
                Assert.IsType<InvalidDataException>(e);
                Assert.Contains(path, e.Message);
                Assert.InRange(e.Message.Length, 1, 2_000);
            }
        }
        Assert.InRange(refused, 50, int.MaxValue);
    }

    private static byte[] Gzip(byte[] content)
    {
        using MemoryStream packed = new();
        using (GZipStream zip = new(packed, CompressionLevel.Fastest))
            zip.Write(content);
        return packed.ToArray();
    }

    private string Write(string name, byte[] content)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }
}
