using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

/// <summary>What newer and older versions of PyTorch write than the one that made the fixtures, and what stands between the lines of their pickles.</summary>
public sealed class TorchFormatTests : IDisposable
{
    private readonly string _folder = TestFolder.Make();

    [Fact]
    public void Read_BigEndianArchive_TurnsTheBytesRound()
    {
        byte[] doubles = [.. new[] { 1.5, -2.0 }.SelectMany(value => BitConverter.GetBytes(value).Reverse())];
        byte[] complex = [.. new[] { 3f, 4f }.SelectMany(value => BitConverter.GetBytes(value).Reverse())];
        byte[] pickle = new HandMadePickle().Ops("}").Text("d").Tensor("DoubleStorage", "0", 2, 0, [2], [1]).Ops("s").Text("c").Tensor("ComplexFloatStorage", "1", 1, 0, [1], [1]).Ops("s").End();

        using NamedTensors read = PyTorchFile.Read(Written(HandMadePickle.Archive(pickle, ("byteorder", "big"u8.ToArray()), ("data/0", doubles), ("data/1", complex))));

        Assert.Equal([1.5, -2.0], read["d"].data<double>().ToArray());
        Assert.Equal((3f, 4f), (read["c"].real.item<float>(), read["c"].imag.item<float>()));
    }

    [Fact]
    public void Read_StorageOfBytesWithItsTypeInTheTensor_IsTheTensor()
    {
        byte[] pickle = new HandMadePickle().Ops("}").Text("a").Global("torch._utils", "_rebuild_tensor_v3").Ops("(").Storage("UntypedStorage", "0", 8, "torch.storage")
            .Number(1).Numbers(1).Numbers(1).Raw(0x89).Ops("N").Global("torch", "float32").Ops("tRs").End();

        using NamedTensors read = PyTorchFile.Read(Written(HandMadePickle.Archive(pickle, ("data/0", HandMadePickle.Floats(1, 2)))));

        Assert.Equal([2f], read["a"].data<float>().ToArray());
    }

    [Theory]
    [InlineData("_rebuild_parameter", "torch._utils")]
    [InlineData("_rebuild_parameter_with_state", "torch._utils")]
    public void Read_ParameterAroundATensor_IsTheTensor(string name, string module)
    {
        byte[] pickle = new HandMadePickle().Ops("}").Text("a").Global(module, name).Ops("(").Tensor("FloatStorage", "0", 2, 0, [2], [1]).Raw(0x88).Ops("NtRs").End();

        using NamedTensors read = PyTorchFile.Read(Written(HandMadePickle.Archive(pickle, ("data/0", HandMadePickle.Floats(1, 2)))));

        Assert.Equal([1f, 2f], read["a"].data<float>().ToArray());
    }

    [Fact]
    public void Read_ChecksumThatDoesNotFit_IsRefusedUnlessNoneWasStored()
    {
        byte[] pickle = new HandMadePickle().Ops("}").Text("a").Tensor("FloatStorage", "0", 2, 0, [2], [1]).Ops("s").End();
        byte[] archive = HandMadePickle.Archive(pickle, ("data/0", HandMadePickle.Floats(1, 2)));
        uint checksum = Crc32.Append(0, HandMadePickle.Floats(1, 2));
        int inDirectory = archive.AsSpan().LastIndexOf(BitConverter.GetBytes(checksum));

        archive[inDirectory] ^= 1;
        WeightsFileException error = Assert.Throws<WeightsFileException>(() => PyTorchFile.Read(Written(archive)));
        archive.AsSpan(inDirectory, 4).Clear();
        using NamedTensors read = PyTorchFile.Read(Written(archive));

        Assert.Contains($"the bytes of any name/data/0 have the checksum {checksum:x8}", error.Message);
        Assert.Equal([1f, 2f], read["a"].data<float>().ToArray());
    }

    [Fact]
    public void Load_DamagedValues_LeaveTheNetworkAsItWas()
    {
        using DisposeScope scope = NewDisposeScope();
        using Classifier classifier = TorchFixture.Spec.Build(0);
        byte[] archive = File.ReadAllBytes(TorchFixture.Path("network"));
        byte[] last = classifier.Network.state_dict()["fc.bias"].bytes.ToArray();
        Dictionary<string, byte[]> before = classifier.Network.state_dict().ToDictionary(pair => pair.Key, pair => pair.Value.bytes.ToArray());
        using (PositionedFile file = new(TorchFixture.Path("network")))
            archive[ZipDirectory.Read(file).Values.Where(entry => entry.Bytes == last.Length).MaxBy(entry => entry.Position).Position] ^= 1;

        Assert.Throws<WeightsFileException>(() => NetworkWeights.Load(classifier, Written(archive)));

        Assert.Equal(before, classifier.Network.state_dict().ToDictionary(pair => pair.Key, pair => pair.Value.bytes.ToArray()));
    }

    [Theory]
    [InlineData("state_dict", "")]
    [InlineData("model", "ema")]
    [InlineData("best.model", "")]
    [InlineData("ema.shadow", "")]
    [InlineData("net", "state_dict_ema")]
    [InlineData("anything", "")]
    public void Choose_EntriesOfManyTools_TakesTheOneOfTheNetworkItself(string wanted, string other)
    {
        HandMadePickle pickle = new HandMadePickle().Ops("}").Text("epoch").Number(1).Ops("s");
        foreach (string entry in new[] { other, wanted }.Where(entry => entry.Length > 0))
        {
            string[] parts = entry.Split('.');
            pickle.Text(parts[0]);
            foreach (string inner in parts[1..])
                pickle.Ops("}").Text(inner);
            pickle.Ops("}").Text("w").Tensor("FloatStorage", "0", 2, entry == wanted ? 1 : 0, [1], [1]).Ops("s");
            pickle.Repeat("s", parts.Length);
        }
        using WeightsFile file = WeightsFile.Open(Written(HandMadePickle.Archive(pickle.End(), ("data/0", HandMadePickle.Floats(7, 8)))));

        using NamedTensors usual = file.Read();
        using NamedTensors named = file.Read(wanted);

        Assert.Equal([8f], usual["w"].data<float>().ToArray());
        Assert.Equal([8f], named["w"].data<float>().ToArray());
        Assert.Equal(new[] { other, wanted }.Where(entry => entry.Length > 0).Order(), file.Entries.Order());
    }

    [Fact]
    public void Load_ObjectAmongTheWeights_IsAnErrorByNameOnlyIfTheNetworkNeedsIt()
    {
        using Classifier one = WideResNetSpec.Of(stem: 1, depths: [1], widths: [1]).Build(0);
        HandMadePickle pickle = new HandMadePickle().Ops("}");
        foreach ((string name, Tensor tensor) in one.Network.state_dict())
        {
            pickle.Text(name);
            if (name == "fc.bias")
                pickle.Global("evil", "Bias").Ops(")R");
            else
                pickle.Tensor("FloatStorage", "0", 100, 0, tensor.shape, StridedLayout.Packed(tensor.shape).Strides);
            pickle.Ops("s");
        }
        pickle.Text("helper").Global("evil", "Helper").Ops("(I1\ntRs").Text("epoch").Number(3).Ops("s");
        string path = Written(HandMadePickle.Archive(pickle.End(), ("data/0", new byte[400])));

        WeightsFileException needed = Assert.Throws<WeightsFileException>(() => NetworkWeights.Load(one, path));
        WeightsReport report = NetworkWeights.Load(one, path, new WeightsOptions { Skip = ["fc.bias"] });

        Assert.Equal($"{path} cannot be read: the network needs fc.bias, which is a pickled evil.Bias; nothing but tensors is ever constructed.", needed.Message);
        Assert.Equal(["epoch", "fc.bias", "helper"], report.LeftOut.Order());
        Assert.Contains("fc.bias is a pickled evil.Bias", Assert.Throws<WeightsFileException>(() => PyTorchFile.Read(path)).Message);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Written(byte[] content)
    {
        string path = Path.Combine(_folder, "weights.pth");
        File.WriteAllBytes(path, content);
        return path;
    }
}
