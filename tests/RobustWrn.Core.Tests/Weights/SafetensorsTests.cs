using System.Buffers.Binary;
using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

public sealed class SafetensorsTests : IDisposable
{
    private readonly string _folder = TestFolder.Make();

    private string FilePath => Path.Combine(_folder, "weights.safetensors");

    [Theory]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Int64)]
    [InlineData(ScalarType.Int32)]
    [InlineData(ScalarType.Int16)]
    [InlineData(ScalarType.Int8)]
    [InlineData(ScalarType.Byte)]
    [InlineData(ScalarType.Bool)]
    public void Write_AnyType_ReadsBackBitForBit(ScalarType dtype)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor matrix = rand(3, 5).Times(100).to(dtype), scalar = tensor(1.0).to(dtype), empty = zeros(0, 4).to(dtype);

        Safetensors.Write(FilePath, Named(("matrix", matrix), ("scalar", scalar), ("empty", empty)));
        using NamedTensors read = Safetensors.Read(FilePath);

        Assert.Equal(["matrix", "scalar", "empty"], read.Names);
        Assert.All(new[] { ("matrix", matrix), ("scalar", scalar), ("empty", empty) }, item =>
        {
            Assert.Equal(dtype, read[item.Item1].dtype);
            Assert.Equal(item.Item2.shape, read[item.Item1].shape);
            Assert.Equal(item.Item2.bytes.ToArray(), read[item.Item1].bytes.ToArray());
        });
    }

    [Fact]
    public void Write_ChannelsLastTransposedAndSlicedTensors_StoresTheirValuesInOrder()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor images = rand(2, 3, 4, 5);
        Tensor channelsLast = images.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2);
        Tensor trained = images[.., 1..].clone().requires_grad_(true);

        Safetensors.Write(FilePath, Named(("last", channelsLast), ("transposed", images.transpose(1, 3)), ("slice", images[.., 1..]), ("trained", trained)));
        using NamedTensors read = Safetensors.Read(FilePath);

        Assert.True(read["last"].Equals(images));
        Assert.True(read["transposed"].Equals(images.transpose(1, 3)));
        Assert.True(read["slice"].Equals(images[.., 1..]));
        Assert.True(read["trained"].Equals(trained));
        Assert.False(read["trained"].requires_grad);
    }

    [Fact]
    public void Write_Metadata_ReadsBack()
    {
        Dictionary<string, string> texts = new() { ["spec"] = "{\"a\": \"é\\n\"}", ["b"] = "" };

        Safetensors.Write(FilePath, [], texts);
        using NamedTensors read = Safetensors.Read(FilePath);

        Assert.Equal(texts.OrderBy(item => item.Key), read.Metadata.OrderBy(item => item.Key));
        Assert.Empty(read.Names);
    }

    [Fact]
    public void Write_UnknownTypeOrNameTwice_IsRefusedAndLeavesNoFile()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor complex = zeros(2, ScalarType.ComplexFloat32), plain = zeros(2);

        Assert.Throws<ArgumentException>(() => Safetensors.Write(FilePath, Named(("a", complex))));
        Assert.Throws<ArgumentException>(() => Safetensors.Write(FilePath, Named(("a", plain), ("a", plain))));
        Assert.Throws<ArgumentException>(() => Safetensors.Write(FilePath, Named(("__metadata__", plain))));
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Theory]
    [InlineData("""nonsense""", 0, "its header is not JSON")]
    [InlineData("""[1,2]""", 0, "its header is not a JSON object")]
    [InlineData("""{"a":5}""", 0, "its header is malformed")]
    [InlineData("""{"a":{}}""", 0, "its header is malformed")]
    [InlineData("""{"__metadata__":5}""", 0, "its header is malformed")]
    [InlineData("""{"__metadata__":{"a":5}}""", 0, "its header is malformed")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4, "its header is malformed")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296,4],"data_offsets":[0,4]}}""", 4, "its header is malformed")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}""", 4, "it must be a start and an end")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}""", 4, "it must be a start and an end")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "it must be a start and an end")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}""", 4, "it must be a start and an end")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1,-1],"data_offsets":[0,4]}}""", 4, "sides are at least 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "needs 8 bytes, its range has 4")]
    [InlineData("""{"a":{"dtype":"C64","shape":[1],"data_offsets":[0,4]}}""", 4, "needs 8 bytes, its range has 4")]
    [InlineData("""{"a":{"dtype":"F4","shape":[3],"data_offsets":[0,1]}}""", 1, "needs 2 bytes, its range has 1")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "must not overlap or leave holes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "must not overlap or leave holes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[9223372036854775803,9223372036854775807]}}""", 4, "must not overlap or leave holes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1000000000000],"data_offsets":[0,4000000000000]}}""", 4, "it is truncated")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 7, "it is truncated")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 5, "something was appended")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "\"a\" is described twice")]
    public void Read_DamagedFile_SaysWhatIsWrongAndLeaksNothing(string header, int bytes, string reason)
    {
        WriteRaw(Encoding.UTF8.GetByteCount(header), header, bytes);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        WeightsFileException error = Assert.Throws<WeightsFileException>(() => Safetensors.Read(FilePath));

        Assert.StartsWith($"{FilePath} is not a valid safetensors file: ", error.Message);
        Assert.Contains(reason, error.Message);
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Theory]
    [InlineData("U16", 2)]
    [InlineData("U32", 4)]
    [InlineData("U64", 8)]
    [InlineData("C64", 8)]
    [InlineData("F8_E4M3", 1)]
    [InlineData("F8_E5M2", 1)]
    [InlineData("F9_OF_TOMORROW", 3)]
    public void Load_TensorOfATypeNobodyNeeds_IsLeftOutAndOneThatIsNeededRefused(string dtype, int bytes)
    {
        using DisposeScope scope = NewDisposeScope();
        using TorchSharp.Modules.Linear linear = nn.Linear(1, 1);
        string unknown = $"{{\"dtype\":\"{dtype}\",\"shape\":[1],\"data_offsets\":[0,{bytes}]}}";
        string weight = $"{{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[{bytes},{bytes + 4}]}}";
        string bias = $"{{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[{bytes + 4},{bytes + 8}]}}";
        string unneeded = $"{{\"statistics\":{unknown},\"weight\":{weight},\"bias\":{bias}}}",
            needed = $"{{\"weight\":{unknown},\"other\":{weight},\"bias\":{bias}}}";

        WriteRaw(unneeded.Length, unneeded, bytes + 8);
        WeightsReport report = NetworkWeights.Load(linear, FilePath);
        WriteRaw(needed.Length, needed, bytes + 8);

        Assert.Equal(["statistics"], report.LeftOut);
        Assert.Equal(0, linear.weight!.item<float>());
        Assert.Contains($"the network needs weight, which is a tensor of dtype {dtype}",
            Assert.Throws<WeightsFileException>(() => NetworkWeights.Load(linear, FilePath)).Message);
        Assert.Contains($"a tensor of dtype {dtype}", Assert.Throws<WeightsFileException>(() => Safetensors.Read(FilePath)).Message);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(200_000_000)]
    public void Read_ImpossibleHeaderLength_IsRefusedWithoutReadingIt(long length)
    {
        WriteRaw(length, "{}", 0);

        Assert.Contains("its header is said to have", Assert.Throws<WeightsFileException>(() => Safetensors.Read(FilePath)).Message);
    }

    [Fact]
    public void Read_FileCutAnywhere_IsRefused()
    {
        using Tensor values = rand(4);
        Safetensors.Write(FilePath, Named(("a", values)));
        byte[] whole = File.ReadAllBytes(FilePath);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(FilePath, whole[..length]);
            Assert.Throws<WeightsFileException>(() => Safetensors.Read(FilePath));
        }

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Read_InsideADisposeScope_GivesTensorsThatOutliveIt()
    {
        using (Tensor values = ScalarArithmetic.Counting(3))
            Safetensors.Write(FilePath, Named(("a", values)));
        NamedTensors read;
        using (NewDisposeScope())
            read = Safetensors.Read(FilePath);

        Assert.Equal([0, 1, 2], read["a"].data<long>().ToArray());
        Assert.Throws<KeyNotFoundException>(() => read["b"]);
        read.Dispose();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void WriteRaw(long length, string header, int bytes)
    {
        byte[] prefix = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(prefix, length);
        File.WriteAllBytes(FilePath, [.. prefix, .. Encoding.UTF8.GetBytes(header), .. new byte[bytes]]);
    }

    private static IEnumerable<KeyValuePair<string, Tensor>> Named(params (string Name, Tensor Tensor)[] items) =>
        items.Select(item => KeyValuePair.Create(item.Name, item.Tensor));
}
