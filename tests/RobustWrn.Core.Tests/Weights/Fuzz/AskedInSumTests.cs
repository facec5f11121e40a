using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

/// <summary>Files of a megabyte that ask for a gigabyte piece by piece: the sum is what counts.</summary>
public sealed class AskedInSumTests : IDisposable
{
    private const int Megabyte = 1 << 20;

    private readonly string _folder = TestFolder.Make();

    private string FilePath => Path.Combine(_folder, "weights.pth");

    [Fact]
    public void Read_ThousandEntriesOfOneArray_ShareItsBytes()
    {
        HandMadePickle pickle = new HandMadePickle(4).Ops("}").Text("w").Ops("}")
            .Text("0").Global("numpy.core.multiarray", "_reconstruct").Global("numpy", "ndarray").Ops("K\0\u0085C\u0001b\u0087R")
            .Ops("(K\u0001").Number(Megabyte).Ops("\u0085").Global("numpy", "dtype").Ops("(").Text("u1").Ops("K\0K\u0001tR(K\u0003")
                .Text("|").Ops("NNNJ\u00ff\u00ff\u00ff\u00ffJ\u00ff\u00ff\u00ff\u00ffK\0tb")
            .Raw(0x89).Ops("B").Raw(BitConverter.GetBytes(Megabyte)).Raw(new byte[Megabyte]).Ops("tb\u0094s");
        for (int i = 1; i < 1000; i++)
            pickle.Text($"{i}").Ops("h\0s");
        File.WriteAllBytes(FilePath, HandMadePickle.Archive(pickle.Ops("s").End()));
        long before = GC.GetAllocatedBytesForCurrentThread();

        using NamedTensors read = PyTorchFile.Read(FilePath);

        Assert.Equal(1000, read.Names.Count());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, Megabyte, 6 * Megabyte);
        using DisposeScope scope = NewDisposeScope();
        Assert.All(read.Pairs, pair => Assert.Equal(Megabyte, pair.Value.numel()));
        read["0"].FillInPlace(7);
        Assert.Equal(7, read["999"][5].item<byte>());
    }

    [Fact]
    public void Read_OneStorageAsManyElementTypes_IsRefusedInSum()
    {
        string[] types = ["float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool"];
        HandMadePickle pickle = new HandMadePickle().Ops("}");
        foreach (string type in types)
        {
            pickle.Text(type).Global("torch._utils", "_rebuild_tensor_v3").Ops("(")
                .Storage("UntypedStorage", "0", Megabyte, "torch.storage")
                .Number(0).Numbers(Megabyte / 8).Numbers(1).Raw(0x89).Ops("N").Global("torch", type).Ops("tRs");
        }
        // Twelve kinds of a megabyte each, the last byte of the widest.
        pickle.Text("whole").Global("torch._utils", "_rebuild_tensor_v3").Ops("(")
            .Storage("UntypedStorage", "0", Megabyte, "torch.storage").Number(0).Numbers(Megabyte).Numbers(1).Raw(0x89).Ops("N")
            .Global("torch", "uint8").Ops("tRs");
        pickle.Text("halves").Global("torch._utils", "_rebuild_tensor_v3").Ops("(")
            .Storage("UntypedStorage", "0", Megabyte, "torch.storage").Number(0).Numbers(Megabyte / 2).Numbers(1).Raw(0x89).Ops("N")
            .Global("torch", "int16").Ops("tRs");
        File.WriteAllBytes(FilePath, HandMadePickle.Archive(pickle.End(), ("data/0", new byte[Megabyte])));

        Assert.Contains("bytes in sum with the tensors", Assert.Throws<WeightsFileException>(() => PyTorchFile.Read(FilePath)).Message);
    }

    [Theory]
    [InlineData("]", 8)]
    [InlineData("}", 2)]
    [InlineData("N\u0085", 2)]
    [InlineData("]N\u0061", 2)]
    [InlineData("N)R", 2)]
    [InlineData("G01234567", 2)]
    [InlineData("M00", 2)]
    [InlineData("U\u0001a", 2)]
    [InlineData("(", 2)]
    [InlineData("\u0094", 2)]
    [InlineData("cos\nsystem\n", 2)]
    public void Read_MillionsOfValues_StayWithinAFactorOfTheFile(string opcodes, int megabytes)
    {
        byte[] one = System.Text.Encoding.Latin1.GetBytes(opcodes), pickle = new byte[megabytes * Megabyte];
        for (int at = 0; at + one.Length < pickle.Length; at += one.Length)
            one.CopyTo(pickle, at);

        WeightsTrial trial = WeightsTrial.Run(FilePath, HandMadePickle.Archive([0x80, 4, (byte)'N', .. pickle, (byte)'.']));

        Assert.NotNull(trial.Refusal);
        Assert.InRange(trial.Allocated, 0, 16L * pickle.Length);
    }

    [Fact]
    public void Read_ShapeOfAMillionSidesForManyTensors_IsNotCopiedForEach()
    {
        HandMadePickle pickle = new HandMadePickle(4).Ops("(").Repeat("K\u0001", 200_000).Ops("t\u00940}");
        for (int i = 0; i < 200; i++)
            pickle.Text($"{i}").Global("torch._utils", "_rebuild_tensor_v2").Ops("(").Storage("FloatStorage", "0", 1).Number(0)
                .Ops("h\0h\0").Raw(0x89).Ops("NtRs");
        File.WriteAllBytes(FilePath, HandMadePickle.Archive(pickle.End(), ("data/0", new byte[4])));
        long before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Throws<WeightsFileException>(() => PyTorchFile.Read(FilePath));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20 * Megabyte);
    }

    [Theory]
    [InlineData(50_000, "carries a spec that cannot be built")]
    [InlineData(4_900, "layers with weights, but only 1 tensors")]
    public void Open_SpecOfThousandsOfBlocks_IsRefusedBeforeItIsBuilt(int blocks, string reason)
    {
        WideResNetSpec spec = WideResNetSpec.Of(stem: 1, depths: [blocks], widths: [1]);
        string path = Path.Combine(_folder, "weights.safetensors");
        using DisposeScope scope = NewDisposeScope();
        Safetensors.Write(path, [KeyValuePair.Create("a", zeros(2 * Megabyte, ScalarType.Byte))], new Dictionary<string, string>
        { ["robustwrn.spec"] = DescriptionJson.Write(spec) });
        long tensors = DisposeScopeManager.Statistics.ThreadTotalLiveCount, before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Contains(reason, Assert.Throws<WeightsFileException>(() => NetworkWeights.Open(path)).Message);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 * Megabyte);
        Assert.Equal(tensors, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Open_SpecOfAsManyLayersAsTheFileHasTensors_StaysWithinAFactorOfTheFile()
    {
        WideResNetSpec spec = WideResNetSpec.Of(stem: 1, depths: [3_000], widths: [1]);
        string path = Path.Combine(_folder, "weights.safetensors");
        using DisposeScope scope = NewDisposeScope();
        Tensor one = zeros(8);
        Safetensors.Write(path, Enumerable.Range(0, 13_000).Select(i => KeyValuePair.Create($"{i}", one)), new Dictionary<string, string>
        { ["robustwrn.spec"] = DescriptionJson.Write(spec) });

        Assert.Contains("which take more memory than 16 times its", Assert.Throws<WeightsFileException>(() => NetworkWeights.Open(path))
            .Message);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
