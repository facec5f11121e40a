using System.IO.Compression;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

public sealed class TorchWriterTests : IDisposable
{
    private readonly string _folder = TestFolder.Make();

    private string FilePath => Path.Combine(_folder, "weights.pth");

    [Fact]
    public void Write_AnyTypeLayoutAndName_ReadsBackBitForBit()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor images = rand(2, 3, 4, 5);
        Dictionary<string, Tensor> tensors = new()
        {
            ["last"] = images.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2),
            ["transposed"] = images.transpose(1, 3),
            ["trained"] = images.clone().requires_grad_(true),
            ["é.weight"] = tensor(1.5),
            ["empty"] = zeros(0, 4),
            ["wide"] = zeros(300, 1),
        };
        foreach (ScalarType type in new[] { ScalarType.Float64, ScalarType.Float16, ScalarType.BFloat16, ScalarType.Int64, ScalarType.Int32, ScalarType.Int16, ScalarType.Int8, ScalarType.Byte, ScalarType.Bool, ScalarType.ComplexFloat32, ScalarType.ComplexFloat64 })
            tensors.Add(type.ToString(), rand(3, 5).Times(100).to(type));

        PyTorchFile.Write(FilePath, tensors);
        using NamedTensors read = PyTorchFile.Read(FilePath);

        Assert.Equal(tensors.Keys, read.Names);
        Assert.All(tensors, pair =>
        {
            Assert.Equal((pair.Value.dtype, false), (read[pair.Key].dtype, read[pair.Key].requires_grad));
            Assert.Equal(pair.Value.shape, read[pair.Key].shape);
            Assert.Equal(pair.Value.contiguous().bytes.ToArray(), read[pair.Key].bytes.ToArray());
        });
    }

    [Fact]
    public void Write_Archive_IsOneThatOthersOpenWithEveryStorageAtAMultipleOf64()
    {
        using DisposeScope scope = NewDisposeScope();
        PyTorchFile.Write(FilePath, new Dictionary<string, Tensor> { ["a"] = ScalarArithmetic.Counting(3), ["b"] = ones(5, 5) }, new Dictionary<string, string> { ["note"] = "é" });

        using ZipArchive archive = ZipFile.OpenRead(FilePath);
        Assert.Equal(["archive/data.pkl", "archive/byteorder", "archive/data/0", "archive/data/1", "archive/version", "archive/extra/note"], archive.Entries.Select(entry => entry.FullName));
        using (StreamReader version = new(archive.GetEntry("archive/version")!.Open()))
            Assert.Equal("3\n", version.ReadToEnd());
        using PositionedFile file = new(FilePath);
        Assert.All(ZipDirectory.Read(file).Values, entry => Assert.Equal(0, entry.Position % 64));
    }

    // written.pth is checked with a real PyTorch by tests/Fixtures/weights/check.py.
    [Fact]
    public void Write_StateDict_IsTheBytesThatPyTorchWasSeenToLoad()
    {
        using Classifier classifier = TorchFixture.Spec.Build(0);
        NetworkWeights.Load(classifier, TorchFixture.Path("network"));

        PyTorchFile.Write(FilePath, classifier.Network.state_dict(), new Dictionary<string, string> { ["note"] = "written by RobustWrn" });

        Assert.Equal(File.ReadAllBytes(TorchFixture.Path("written")), File.ReadAllBytes(FilePath));
    }

    [Theory]
    [InlineData("weights.pth", null)]
    [InlineData("weights.pt", "gowal")]
    [InlineData("weights.safetensors", "trades")]
    [InlineData("weights", "lu")]
    public void Open_SavedInEitherFormatUnderAnyNames_IsTheSameClassifier(string name, string? names)
    {
        string path = Path.Combine(_folder, name);
        WideResNetSpec spec = TorchFixture.Spec with { Normalization = Normalization.Cifar10 };
        using Classifier classifier = spec.Build(5);

        NetworkWeights.Save(classifier, path, names is null ? null : (IKeyMap)Activator.CreateInstance(DescriptionTypes.Implementing(typeof(IKeyMap))[names])!);
        using Classifier opened = NetworkWeights.Open(path);

        Assert.Equal(spec, opened.Spec);
        Assert.All(classifier.Network.state_dict(), pair => Assert.True(opened.Network.state_dict()[pair.Key].Equals(pair.Value), pair.Key));
        Assert.Equal(name.Contains(".p", StringComparison.Ordinal), File.ReadAllBytes(path).AsSpan().StartsWith("PK"u8));
    }

    [Fact]
    public void Write_NameTwiceOrUnknownType_IsRefusedAndLeavesNoFile()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor plain = zeros(2);

        Assert.Throws<ArgumentException>(() => PyTorchFile.Write(FilePath, [new("a", plain), new("a", plain)]));
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void ZipWriter_SizesBeyondTheFieldsOf32Bits_AreReadFromThoseOf64()
    {
        byte[] content = [.. Enumerable.Range(0, 200).Select(i => (byte)i)];
        using (FileStream stream = File.Create(FilePath))
        {
            ZipWriter writer = new(stream, largest: 100);
            writer.Add("small", [1]);
            writer.Add("large", content);
            writer.Add("behind", [2, 3]);
            writer.Finish();
        }

        using PositionedFile file = new(FilePath);
        Dictionary<string, ZipEntry> entries = ZipDirectory.Read(file);
        using ZipArchive archive = ZipFile.OpenRead(FilePath);

        Assert.Equal([1, 200, 2], archive.Entries.Select(entry => entry.Length));
        Assert.Equal(content, file.Bytes(entries["large"].Position, entries["large"].Bytes, "large"));
        Assert.Equal([2, 3], file.Bytes(entries["behind"].Position, entries["behind"].Bytes, "behind"));
        Assert.Equal(0xCBF43926, Crc32.Append(0, "123456789"u8));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
