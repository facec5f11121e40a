using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

/// <summary>Files written here carry the hash of their content, and nothing is read from one whose content has another.</summary>
public sealed class ContentHashTests : IDisposable
{
    private static readonly WideResNetSpec Spec = WideResNetSpec.Of(stem: 2, depths: [1], widths: [2]) with { Classes = 3, Normalization = Normalization.Cifar10 };

    private readonly string _folder = TestFolder.Make();

    [Theory]
    [InlineData("weights.safetensors")]
    [InlineData("weights.pth")]
    public void Open_OneBitFlippedAnywhere_IsRefusedByNameOrChangesNothing(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        using Classifier classifier = Spec.Build(1);
        string path = Path.Combine(_folder, name);
        NetworkWeights.Save(classifier, path);
        byte[] whole = File.ReadAllBytes(path);
        string expected = TensorHash.Of(classifier.Network.state_dict());
        Random random = new(7);
        int refused = 0;

        for (int i = 0; i < 200; i++)
        {
            byte[] damaged = [.. whole];
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(path, damaged);
            try
            {
                using Classifier opened = NetworkWeights.Open(path);
                Assert.Equal(expected, TensorHash.Of(opened.Network.state_dict()));
                Assert.Equal(Spec, opened.Spec);
            }
            catch (WeightsFileException e)
            {
                Assert.StartsWith(path, e.Message);
                refused++;
            }
        }

        Assert.InRange(refused, name.EndsWith("pth", StringComparison.Ordinal) ? 40 : 180, 200);
    }

    [Fact]
    public void Read_FlippedBitOfAValue_NamesFileAndRemedyAndLoadsNothing()
    {
        using DisposeScope scope = NewDisposeScope();
        using Classifier classifier = Spec.Build(1), target = Spec.Build(2);
        string path = Path.Combine(_folder, "weights.safetensors"), before = TensorHash.Of(target.Network.state_dict());
        NetworkWeights.Save(classifier, path);
        byte[] damaged = File.ReadAllBytes(path);
        damaged[^1] ^= 1;
        File.WriteAllBytes(path, damaged);

        string message = Assert.Throws<WeightsFileException>(() => NetworkWeights.Load(target, path)).Message;

        Assert.Matches("^.*weights.safetensors is damaged: its content has the SHA-256 [0-9a-f]{12}\\.\\.\\. \\(64 characters\\), but [0-9a-f]{12}\\.\\.\\. \\(64 characters\\) was stored with it. Take it from its source again", message);
        Assert.Equal(message, Assert.Throws<WeightsFileException>(() => Safetensors.Read(path)).Message);
        Assert.Equal(message, Assert.Throws<WeightsFileException>(() => PyTorchFile.Read(path)).Message);
        Assert.Equal(message, Assert.Throws<WeightsFileException>(() => NetworkWeights.Open(path)).Message);
        using (WeightsFile file = WeightsFile.Open(path))
            Assert.Equal(message, Assert.Throws<WeightsFileException>(file.Fingerprint).Message);
        Assert.Equal(before, TensorHash.Of(target.Network.state_dict()));
    }

    [Fact]
    public void Fingerprint_SameContent_IsTheSameInBothFormatsAndAnotherForOtherTextsOrValues()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor a = rand(3, 4), b = ones(2, ScalarType.BFloat16);
        Dictionary<string, string> texts = new() { ["note"] = "text" };

        string first = Written("a.safetensors", texts, ("a", a), ("b", b));

        Assert.Matches("^[0-9a-f]{64}$", first);
        Assert.Equal(first, Written("b.safetensors", texts, ("b", b), ("a", a)));
        Assert.Equal(first, Written("c.pth", texts, ("a", a), ("b", b)));
        Assert.Equal(first, Written("d.pth", texts, ("a", a.t().contiguous().t()), ("b", b)));
        Assert.NotEqual(first, Written("e.safetensors", new() { ["note"] = "texts" }, ("a", a), ("b", b)));
        Assert.NotEqual(first, Written("f.safetensors", texts, ("a", a.reshape(4, 3)), ("b", b)));
        Assert.NotEqual(first, Written("g.safetensors", texts, ("a", a), ("b", b.to(ScalarType.Float16))));
        Assert.NotEqual(first, Written("h.safetensors", texts, ("a", b), ("b", a)));
    }

    [Fact]
    public void Open_FileOfAnother_LoadsWithoutAHashAndHasTheFingerprintOfItsBytes()
    {
        string path = TorchFixture.Path("network");
        using WeightsFile file = WeightsFile.Open(path);

        Assert.Null(file.StoredHash);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path))), file.Fingerprint());
    }

    [Fact]
    public void Metadata_OfAFileWithAHash_IsWhatWasWritten()
    {
        string path = Path.Combine(_folder, "texts.safetensors");
        Safetensors.Write(path, [], new Dictionary<string, string> { ["a"] = "b" });
        using NamedTensors read = Safetensors.Read(path);

        Assert.Equal([KeyValuePair.Create("a", "b")], read.Metadata);
    }

    [Fact]
    public void Open_HeaderWhoseLengthBeginsAsAPickleDoes_IsSafetensors()
    {
        string path = Path.Combine(_folder, "texts.safetensors");
        for (int length = 0; length < 400; length += 8)
        {
            Safetensors.Write(path, [], new Dictionary<string, string> { ["a"] = new string('b', length) });
            using WeightsFile file = WeightsFile.Open(path);

            Assert.Equal(length, file.Metadata["a"].Length);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Written(string name, Dictionary<string, string> texts, params (string Name, Tensor Tensor)[] tensors)
    {
        string path = Path.Combine(_folder, name);
        IEnumerable<KeyValuePair<string, Tensor>> pairs = tensors.Select(pair => KeyValuePair.Create(pair.Name, pair.Tensor));
        if (name.EndsWith("pth", StringComparison.Ordinal))
            PyTorchFile.Write(path, pairs, ContentHash.Sealed([.. pairs], texts));
        else
            Safetensors.Write(path, pairs, texts);
        using WeightsFile file = WeightsFile.Open(path);
        Assert.Equal(file.StoredHash, file.Fingerprint());
        return file.StoredHash!;
    }
}
