using System.Text;
using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

/// <summary>
/// Thousands of damaged files: each is read correctly or refused with the library's own exception, within bounds of time and memory.
/// <c>ROBUSTWRN_FUZZ</c> sets how many per kind.
/// </summary>
public sealed class WeightsFuzzTests : IDisposable
{
    private static readonly int Each = int.TryParse(Environment.GetEnvironmentVariable("ROBUSTWRN_FUZZ"), out int each) ? each : 450;

    private readonly string _folder = TestFolder.Make();

    private string FilePath => Path.Combine(_folder, "weights");

    [Theory]
    [InlineData("types", 1)]
    [InlineData("views", 2)]
    [InlineData("numpy", 3)]
    [InlineData("written", 4)]
    public void Read_DamagedArchive_GivesTheTensorsOrRefuses(string name, int seed)
    {
        byte[] valid = File.ReadAllBytes(TorchFixture.Path(name));
        IReadOnlyDictionary<string, byte[]> expected = WeightsTrial.Run(FilePath, valid).Tensors!;

        // Every byte that matters has a checksum, so what is read is what was written.
        Fuzz(seed, random => Mutation.Anywhere(valid, random), (_, tensors) => Assert.Equal(expected, tensors));
    }

    [Theory]
    [InlineData("types", 5)]
    [InlineData("views", 6)]
    [InlineData("numpy", 7)]
    [InlineData("numpy_protocol5", 8)]
    [InlineData("network_expected", 9)]
    public void Read_ArchiveWithADamagedPickle_GivesTensorsOrRefuses(string name, int seed)
    {
        byte[] valid = File.ReadAllBytes(TorchFixture.Path(name));

        Fuzz(seed, random => Mutation.Pickle(valid, Path.Combine(_folder, "scratch"), random), (_, tensors) => Assert.NotNull(tensors));
    }

    [Theory]
    [InlineData("types_legacy", 10)]
    [InlineData("views_legacy", 11)]
    public void Read_DamagedFileBefore16_GivesTensorsOrRefuses(string name, int seed)
    {
        byte[] valid = File.ReadAllBytes(TorchFixture.Path(name));

        Fuzz(seed, random => Mutation.Anywhere(valid, random), (_, tensors) => Assert.NotNull(tensors));
    }

    [Theory]
    [InlineData(false, 12)]
    [InlineData(true, 13)]
    public void Read_DamagedSafetensors_GivesWhatItsHeaderSaysOrRefuses(bool header, int seed)
    {
        using DisposeScope scope = NewDisposeScope();
        using MemoryStream stream = new();
        Safetensors.Write(stream, [new("a", rand(3, 4)), new("empty", zeros(0)), new("b", ScalarArithmetic.Counting(9)), new("c.d", ones(5, ScalarType.BFloat16))], new Dictionary<string, string> { ["note"] = "text" });
        byte[] valid = stream.ToArray();

        Fuzz(seed, random => header ? Mutation.Header(valid, random) : Mutation.Anywhere(valid, random), (file, tensors) => Assert.Equal(AsItsHeaderSays(file), tensors));
    }

    [Theory]
    [InlineData("network", 14)]
    [InlineData("checkpoint_legacy", 15)]
    public void Load_DamagedFile_FillsTheNetworkOrLeavesItAsItWas(string name, int seed)
    {
        using DisposeScope scope = NewDisposeScope();
        using Classifier classifier = TorchFixture.Spec.Build(0);
        Tensor[] own = [.. classifier.Network.state_dict().Values], before = [.. own.Select(tensor => tensor.detach().clone())];
        byte[] valid = File.ReadAllBytes(TorchFixture.Path(name));
        Random random = new(seed);
        int loaded = 0;
        for (int i = 0; i < Each / 3; i++)
        {
            byte[] damaged = name == "network" && i % 2 == 0 ? Mutation.Pickle(valid, Path.Combine(_folder, "scratch"), random) : Mutation.Anywhere(valid, random);
            File.WriteAllBytes(FilePath, damaged);
            try
            {
                NetworkWeights.Load(classifier, FilePath);
                loaded++;
                using IDisposable guard = no_grad();
                foreach ((Tensor tensor, Tensor original) in own.Zip(before))
                    tensor.copy_(original);
            }
            catch (WeightsFileException)
            {
                Assert.All(own.Zip(before), pair => Assert.True(pair.First.Equals(pair.Second)));
            }
        }
        Assert.InRange(loaded, 1, Each / 3 - 1);
    }

    /// <summary>Groups, constants and a spec beside the weights, without a hash that would stop the damage.</summary>
    [Theory]
    [InlineData(16)]
    [InlineData(17)]
    public void Load_DamagedFileWithConstantsAndCopies_FillsTheClassifierOrLeavesItAsItWas(int seed)
    {
        using DisposeScope scope = NewDisposeScope();
        WideResNetSpec spec = WideResNetSpec.Of(stem: 1, depths: [1], widths: [1]) with { Classes = 2 };
        using Classifier source = spec.Build(0), target = spec.Build(1);
        Tensor mean = tensor(new[] { 0.5f, 0.25f, 0.75f }).reshape(3, 1, 1), std = ones(3, 1, 1);
        KeyValuePair<string, Tensor>[] tensors =
        [
            new("module.normalizer.new_mean", mean), new("module.normalizer.new_std", std), new("module.fc.total_ops", zeros(1)),
            .. source.Network.state_dict().Select(pair => KeyValuePair.Create("module.model." + pair.Key, pair.Value)),
            .. source.Network.state_dict().Select(pair => KeyValuePair.Create("module.attacker.model." + pair.Key, pair.Value)),
        ];
        using MemoryStream stream = new();
        Safetensors.Write(stream, tensors, new Dictionary<string,
            string>
        {
            [NetworkWeights.SpecKey] = DescriptionJson.Write(
            spec with { Normalization = new() { Mean = [0.5, 0.25, 0.75], Std = [1, 1, 1] } })
        });
        byte[] valid = stream.ToArray();
        int key = valid.AsSpan().IndexOf(Encoding.UTF8.GetBytes(ContentHash.Key));
        valid[key] = (byte)'x';
        PyTorchFile.Write(FilePath + ".pth", tensors);
        byte[] archive = File.ReadAllBytes(FilePath + ".pth");
        Random random = new(seed);
        int loaded = 0;
        string before = TensorHash.Of(target.Network.state_dict());
        for (int i = 0; i < Each; i++)
        {
            byte[] damaged = (i % 3) switch
            {
                0 => Mutation.Header(valid, random),
                1 => Mutation.Anywhere(valid, random),
                _ =>
                Mutation.Pickle(archive, Path.Combine(_folder, "scratch"), random)
            };
            File.WriteAllBytes(FilePath, damaged);
            using Classifier classifier = spec.Build(1);
            try
            {
                WeightsReport report = NetworkWeights.Load(classifier, FilePath);
                Assert.NotEmpty(report.ToString());
                Assert.Equal(report.NormalizationApplied, !classifier.Normalization.IsIdentity);
                loaded++;
            }
            catch (WeightsFileException e)
            {
                Assert.StartsWith(FilePath, e.Message);
                Assert.Equal((before, true), (TensorHash.Of(classifier.Network.state_dict()), classifier.Normalization.IsIdentity));
            }
        }
        Assert.InRange(loaded, 1, Each - 1);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Fuzz(int seed, Func<Random, byte[]> mutate, Action<byte[], IReadOnlyDictionary<string, byte[]>> check)
    {
        Random random = new(seed);
        int loaded = 0;
        mutate(random);
        for (int i = 0; i < Each; i++)
        {
            byte[] file = mutate(random);
            WeightsTrial trial = WeightsTrial.RunWithinBounds(FilePath, file, $"mutation {i} of seed {seed}");
            if (trial.Tensors is null)
                continue;
            loaded++;
            check(file, trial.Tensors);
        }
        Assert.InRange(loaded, 1, Each - 1);
    }

    // The header read by another parser.
    private static Dictionary<string, byte[]> AsItsHeaderSays(byte[] file)
    {
        int length = (int)BitConverter.ToInt64(file);
        using JsonDocument document = JsonDocument.Parse(file.AsMemory(8, length));
        return document.RootElement.EnumerateObject().Where(property => property.Name != "__metadata__").ToDictionary(property => property.Name, property =>
        {
            int[] range = [.. property.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => offset.GetInt32())];
            return file[(8 + length + range[0])..(8 + length + range[1])];
        });
    }
}
