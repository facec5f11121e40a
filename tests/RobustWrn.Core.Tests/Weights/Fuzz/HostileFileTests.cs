namespace RobustWrn.Core.Tests;

/// <summary>Files made to hurt: each is refused, or read without doing what it asks for.</summary>
public sealed class HostileFileTests : IDisposable
{
    private const int Many = 100_000;

    private readonly string _folder = TestFolder.Make();

    private string FilePath => Path.Combine(_folder, "weights.pth");

    public static TheoryData<string> Refused =>
    [
        "nested lists", "nested dictionaries", "nested tuples", "nested persistent ids", "nested calls", "tuples that double", "dictionaries that double", "a dictionary in itself", "marks without end", "memo without end", "memo far out",
        "empty dictionaries", "one call again and again", "a text of 2^62 bytes", "bytes of 4 GB", "an integer of 2 GB", "an empty stack", "protocol 9", "unknown opcode", "extension", "buffer outside",
    ];

    [Theory]
    [MemberData(nameof(Refused))]
    public void Read_HostilePickle_IsRefusedWithinBounds(string kind)
    {
        HandMadePickle pickle = new(kind == "protocol 9" ? (byte)9 : (byte)4);
        _ = kind switch
        {
            "nested lists" => pickle.Repeat("]", Many).Repeat("a", Many - 1),
            "nested dictionaries" => pickle.Repeat("}\u008c\u0001a", Many).Ops("}").Repeat("s", Many),
            "nested tuples" => pickle.Ops(")").Repeat("\u0085", Many),
            "nested persistent ids" => pickle.Ops("}").Text("a").Global("torch._utils", "_rebuild_tensor_v2").Ops("(N").Repeat("Q", Many).Number(0).Ops("))tRs"),
            "nested calls" => pickle.Ops("N").Repeat(")R", Many),
            "tuples that double" => pickle.Ops(")").Repeat("2\u0086", 200),
            "dictionaries that double" => Doubling(pickle),
            "a dictionary in itself" => pickle.Ops("}\u0094").Text("state_dict").Ops("h\0s"),
            "marks without end" => pickle.Repeat("(", Many),
            "memo without end" => pickle.Ops("N").Repeat("\u0094", Many),
            "memo far out" => pickle.Ops("Nr\u00ff\u00ff\u00ff\u007f").Ops("j\u00ff\u00ff\u00ff\u00ff"),
            "empty dictionaries" => pickle.Repeat("}", Many),
            "one call again and again" => pickle.Ops("]\u0094(").Repeat("N", 1000).Ops("e").Global("collections", "OrderedDict").Ops("\u0094").Repeat("h\u0001h\u0000\u0085R", 20_000),
            "a text of 2^62 bytes" => pickle.Ops("\u008d").Raw(BitConverter.GetBytes(1L << 62)),
            "bytes of 4 GB" => pickle.Ops("B\u00ff\u00ff\u00ff\u00ff"),
            "an integer of 2 GB" => pickle.Ops("\u008b\u00ff\u00ff\u00ff\u007f"),
            "an empty stack" => pickle.Ops("R"),
            "unknown opcode" => pickle.Ops("\u00fe"),
            "extension" => pickle.Ops("\u0082\u0001"),
            "buffer outside" => pickle.Ops("\u0097"),
            _ => pickle,
        };
        // Before 1.6: magic number and version of a real file, no word on the system, the pickle, no storages.
        byte[] bytes = pickle.End(), legacy = [.. File.ReadAllBytes(TorchFixture.Path("types_legacy")).AsSpan(0, 21), .. "N."u8, .. bytes, .. "]."u8];

        Assert.NotNull(WeightsTrial.RunWithinASecond(FilePath, HandMadePickle.Archive(bytes), kind).Refusal);
        Assert.NotNull(WeightsTrial.RunWithinASecond(FilePath, legacy, kind).Refusal);
    }

    [Fact]
    public void Read_PickleThatWouldRunCommands_RunsNothingAndGivesTheWeights()
    {
        string marker = Path.Combine(_folder, "marker");
        byte[] pickle = new HandMadePickle().Ops("}")
            .Text("run").Global("os", "system").Ops("(").Text($"touch {marker}").Ops("tRs")
            .Text("eval").Global("builtins", "eval").Ops("(").Text($"open('{marker}', 'w')").Ops("tRs")
            .Text("load").Ops("(ios\nsystem\n").Ops("s")
            .Text("state_dict").Ops("}").Text("a").Tensor("FloatStorage", "0", 1, 0, [1], [1]).Ops("ss").End();
        File.WriteAllBytes(FilePath, HandMadePickle.Archive(pickle, ("data/0", HandMadePickle.Floats(5))));

        using NamedTensors read = PyTorchFile.Read(FilePath);

        Assert.Equal([5f], read["a"].data<float>().ToArray());
        Assert.Contains("its entry run is a pickled os.system without tensors", Assert.Throws<WeightsFileException>(() => PyTorchFile.Read(FilePath, "run")).Message);
        Assert.False(File.Exists(marker));
    }

    [Theory]
    [InlineData(0, new long[] { 3 }, new long[] { 1 }, "reaches element 2 of a storage of 2")]
    [InlineData(1, new long[] { 2 }, new long[] { 1 }, "reaches element 2 of a storage of 2")]
    [InlineData(-1, new long[] { 1 }, new long[] { 1 }, "has a negative side, stride or offset")]
    [InlineData(0, new long[] { 2 }, new long[] { -1 }, "has a negative side, stride or offset")]
    [InlineData(0, new long[] { 2, 1 }, new long[] { 1 }, "has 2 sides and 1 strides")]
    [InlineData(0, new long[] { 1L << 40, 1L << 40 }, new long[] { 0, 0 }, "is larger than any memory")]
    [InlineData(0, new long[] { 2 }, new long[] { long.MaxValue }, "is larger than any memory")]
    [InlineData(long.MaxValue, new long[] { 1 }, new long[] { 1 }, "is larger than any memory")]
    public void Read_TensorThatReachesBeyondItsStorage_IsRefused(long offset, long[] shape, long[] strides, string reason)
    {
        byte[] pickle = new HandMadePickle().Ops("}").Text("a").Tensor("FloatStorage", "0", 2, offset, shape, strides).Ops("s").End();
        File.WriteAllBytes(FilePath, HandMadePickle.Archive(pickle, ("data/0", new byte[8])));

        Assert.Contains($"the tensor a {reason}", Assert.Throws<WeightsFileException>(() => PyTorchFile.Read(FilePath)).Message);
    }

    [Theory]
    [InlineData(3, 8, "the storage 0 has 8 bytes, but 12 are expected")]
    [InlineData(1L << 40, 8, "more than the file has bytes for")]
    [InlineData(-1, 8, "more than the file has bytes for")]
    public void Read_StorageOfAnotherLength_IsRefused(long elements, int bytes, string reason)
    {
        byte[] pickle = new HandMadePickle().Ops("}").Text("a").Tensor("FloatStorage", "0", elements, 0, [1], [1]).Ops("s").End();
        File.WriteAllBytes(FilePath, HandMadePickle.Archive(pickle, ("data/0", new byte[bytes])));

        Assert.Contains(reason, Assert.Throws<WeightsFileException>(() => PyTorchFile.Read(FilePath)).Message);
    }

    [Fact]
    public void Load_TensorThatIsOneNumberRepeatedManyTimes_CostsNothingUntilItFits()
    {
        byte[] pickle = new HandMadePickle().Ops("}").Text("a").Tensor("FloatStorage", "0", 1, 0, [1L << 30, 1L << 20], [0, 0]).Ops("s").End();
        File.WriteAllBytes(FilePath, HandMadePickle.Archive(pickle, ("data/0", new byte[4])));
        using Classifier classifier = TorchFixture.Spec.Build(0);

        using (NamedTensors read = PyTorchFile.Read(FilePath))
            Assert.Equal([1L << 30, 1L << 20], read["a"].shape);
        Assert.Contains("1 unexpected: a", Assert.Throws<WeightsFileException>(() => NetworkWeights.Load(classifier, FilePath)).Message);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("PK\u0003\u0004", "an archive without an end")]
    [InlineData("\u0080\u0002N.", "a pickle, but not one of torch.save")]
    [InlineData("ustar, or anything else", "it is neither safetensors nor a file of torch.save")]
    [InlineData("\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008{", "its header is said to have")]
    public void Open_OtherContent_SaysWhatItIsNot(string content, string reason)
    {
        File.WriteAllBytes(FilePath, System.Text.Encoding.Latin1.GetBytes(content));

        Assert.Contains(reason, Assert.Throws<WeightsFileException>(() => WeightsFile.Open(FilePath)).Message);
    }

    [Fact]
    public void Read_SafetensorsWithAHeaderFullOfNames_StaysWithinBounds()
    {
        string[] entries = [.. Enumerable.Range(0, 4000).Select(i => $"\"{i}\":{{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[{i},{i + 1}]}}")];
        string names = "{" + string.Join(",", entries) + "}", texts = "{\"__metadata__\":{" + string.Join(",", Enumerable.Range(0, 60_000).Select(i => $"\"{i}\":\"\"")) + "}}";
        byte[] many = [.. BitConverter.GetBytes((long)names.Length), .. System.Text.Encoding.UTF8.GetBytes(names), .. new byte[4000]];
        byte[] full = [.. BitConverter.GetBytes((long)texts.Length), .. System.Text.Encoding.UTF8.GetBytes(texts)];

        Assert.Equal(4000, WeightsTrial.Run(FilePath, many).Tensors!.Count);
        Assert.Contains("for the metadata", WeightsTrial.Run(FilePath, full).Refusal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // Twelve usual names in each of eight dictionaries, all for the next one: 12^8 ways to the last.
    private static HandMadePickle Doubling(HandMadePickle pickle)
    {
        pickle.Ops("}\u0094");
        for (byte level = 0; level < 8; level++)
        {
            pickle.Ops("}");
            foreach (string name in (string[])["model_state_dict", "state_dict", "model", "net", "network", "weights", "params", "ema_state_dict", "model_ema", "ema", "shadow", "module"])
                pickle.Text(name).Ops("h").Raw(level).Ops("s");
            pickle.Ops("\u0094");
        }
        return pickle;
    }
}
