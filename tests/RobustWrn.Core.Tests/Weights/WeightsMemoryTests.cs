using System.Globalization;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

/// <summary>Loading takes the memory of the weights once. Alone, since the memory measured is the process's.</summary>
[Collection(nameof(WeightsMemoryTests))]
public sealed class WeightsMemoryTests : IDisposable
{
    private const long Elements = 1 << 24, Bytes = 4 * Elements;

    private readonly string _folder = TestFolder.Make();

    [Theory]
    [InlineData("weights.pth")]
    [InlineData("weights.safetensors")]
    public void Load_LargeFile_GoesStraightIntoTheNetwork(string name)
    {
        string path = Path.Combine(_folder, name);
        using LargeLinear source = new(Elements), target = new(Elements);
        using (no_grad())
        {
            source.Weight.FillInPlace(3);
            target.Weight.FillInPlace(1);
        }
        if (name.EndsWith("pth", StringComparison.Ordinal))
            PyTorchFile.Write(path, source.state_dict());
        else
            Safetensors.Write(path, source.state_dict());
        long before = StartPeak();

        using (WeightsFile file = WeightsFile.Open(path))
        {
            NetworkWeights.Load(target, file, new WeightsOptions());
            Assert.InRange(file.LargestAllocation, 1, Bytes / 64);
        }

        Assert.InRange(Peak() - before, -Bytes, Bytes / 3);
        Assert.True(target.Weight.Equals(source.Weight));
    }

    [Fact]
    public void Read_LargeFile_TakesItsMemoryOnce()
    {
        string path = Path.Combine(_folder, "weights.pth");
        using (LargeLinear source = new(Elements))
            PyTorchFile.Write(path, source.state_dict());
        long before = StartPeak();

        using NamedTensors read = PyTorchFile.Read(path);

        Assert.InRange(Peak() - before, -Bytes, Bytes + Bytes / 3);
        Assert.Equal(Elements, read["weight"].numel());
    }

    [Fact]
    public void Load_OneEntryOfSeveral_ReadsNoOther()
    {
        string path = Path.Combine(_folder, "weights.pth");
        byte[] pickle = new HandMadePickle().Ops("}").Text("state_dict").Ops("}").Text("w").Tensor("FloatStorage", "0", 2, 0, [2], [1]).Ops("ss")
            .Text("optimizer").Ops("}").Text("m").Tensor("FloatStorage", "1", 2, 0, [2], [1]).Ops("ss").End();
        byte[] archive = HandMadePickle.Archive(pickle, ("data/0", HandMadePickle.Floats(1, 2)), ("data/1", HandMadePickle.Floats(3, 4)));
        archive[archive.AsSpan().IndexOf(HandMadePickle.Floats(3, 4))] ^= 1;
        File.WriteAllBytes(path, archive);
        using WeightsFile file = WeightsFile.Open(path);

        using NamedTensors read = file.Read();

        Assert.Equal([1f, 2f], read["w"].data<float>().ToArray());
        Assert.Contains("checksum", Assert.Throws<WeightsFileException>(() => file.Read("optimizer")).Message);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // The peak of resident memory is known on Linux only; elsewhere the accounting of the file stands alone.
    private static long StartPeak()
    {
        if (!OperatingSystem.IsLinux())
            return 0;
        File.WriteAllText("/proc/self/clear_refs", "5");
        return Peak();
    }

    private static long Peak() => !OperatingSystem.IsLinux() ? 0 : 1024 * long.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(':')[1].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);
}

[CollectionDefinition(nameof(WeightsMemoryTests), DisableParallelization = true)]
public sealed class WeightsMemoryCollection;
