using System.Text.Json.Nodes;
using CsCheck;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

public class DescriptionJsonTests
{
    [Fact]
    public void Json_RandomNetworks_ReadBackEqualWithTheSameFingerprint() =>
        SpecGen.Spec.Sample(spec =>
        {
            WideResNetSpec read = (WideResNetSpec)DescriptionJson.Read<INetworkSpec>(DescriptionJson.Write(spec));
            Assert.Equal(spec, read);
            Assert.Equal(DescriptionJson.Fingerprint(spec), DescriptionJson.Fingerprint(read));
        }, iter: 200, threads: 1);

    [Fact]
    public void Json_AnyDouble_ReadsBackToTheBit() =>
        Gen.Double.Where(double.IsFinite).Sample(value =>
            BitConverter.DoubleToInt64Bits(value) == BitConverter.DoubleToInt64Bits(((LeakyRelu)DescriptionJson.Read<IActivation>(DescriptionJson.Write(new LeakyRelu { Slope = value }))).Slope), threads: 1);

    /// <summary>Studies and results are keyed by these: a change means that stored runs no longer resume.</summary>
    [Fact]
    public void Fingerprint_PublishedNetworks_StaysTheSameForever()
    {
        Assert.Equal("""{"classes":10,"featureNormalization":{"epsilon":1E-05,"momentum":0.1,"type":"batch-norm"},"finalActivation":{"type":"relu"},"inputChannels":3,"normalization":{"mean":[],"std":[]},"padding":"symmetric","stages":[{"activation":{"type":"relu"},"block":{"shortcut":"activatedWhereWidthChanges","type":"basic"},"depth":1,"dropout":0,"stride":1,"width":16}],"stem":{"kernel":3,"pooled":false,"stride":1,"width":16},"type":"wide-res-net","zeroInitResidual":false}""",
            DescriptionJson.Canonical(WideResNetSpec.Of(16, [1], [16])));
        Assert.Equal("262892a847c23dcee27208c44868af55b5c199f5f2ca8c7d155b8fa26af8c65a", DescriptionJson.Fingerprint(WideResNetSpec.Wrn(28, 10)));
        Assert.Equal("0ead6e33db1eeca1ca298512562a436e28da695ce5d8d52435f2fc52796de502", DescriptionJson.Fingerprint(WideResNetSpec.Wrn34R));
    }

    [Fact]
    public void Read_PropertiesInAnotherOrder_GivesTheSameFingerprint()
    {
        WideResNetSpec spec = WideResNetSpec.Wrn(16, 2);
        JsonObject written = JsonNode.Parse(DescriptionJson.Write(spec))!.AsObject();

        string shuffled = Reversed(written)!.ToJsonString();

        Assert.NotEqual(written.ToJsonString(), shuffled);
        Assert.Equal(DescriptionJson.Fingerprint(spec), DescriptionJson.Fingerprint(DescriptionJson.Read<INetworkSpec>(shuffled)));

        static JsonNode? Reversed(JsonNode? node) => node switch
        {
            JsonObject item => new JsonObject(item.Reverse().Select(property => KeyValuePair.Create(property.Key, Reversed(property.Value)))),
            JsonArray array => new JsonArray([.. array.Select(Reversed)]),
            _ => node?.DeepClone(),
        };
    }

    [Fact]
    public void Read_NewerVersion_IsRefusedByName()
    {
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => DescriptionJson.Read<IActivation>("""{"version":2,"type":"relu"}""", "net.json"));

        Assert.Equal("net.json has version 2; this library reads versions 1 to 1. Use the library that wrote it, or a newer one.", error.Message);
    }

    [Fact]
    public void Read_UnknownType_ListsTheKnownOnes()
    {
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => DescriptionJson.Read<IActivation>("""{"version":1,"type":"sine"}""", "net.json"));

        Assert.StartsWith("net.json is not a valid description: \"type\" must be one of ", error.Message);
        Assert.EndsWith(" for IActivation, got \"sine\".", error.Message);
        Assert.All((string[])["elu,", "gelu,", "leaky-relu,", "mish,", "prelu,", "pssilu,", "relu,", "silu,", "softplus,", "test-square"],
            name => Assert.Contains($" {name}", error.Message));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("{}")]
    [InlineData("""{"version":"1","type":"wide-res-net"}""")]
    [InlineData("""{"version":1.5,"type":"wide-res-net"}""")]
    [InlineData("""{"version":1e99,"type":"wide-res-net"}""")]
    [InlineData("""{"version":null,"type":"wide-res-net"}""")]
    [InlineData("""{"version":0,"type":"wide-res-net"}""")]
    [InlineData("""{"version":1,"version":1,"type":"wide-res-net"}""")]
    [InlineData("""{"version":1}""")]
    [InlineData("""{"version":1,"type":null}""")]
    [InlineData("""{"version":1,"type":7}""")]
    [InlineData("""{"version":1,"type":"System.Diagnostics.Process"}""")]
    [InlineData("""{"version":1,"type":"relu"}""")]
    [InlineData("""{"version":1,"type":"wide-res-net","classes":"ten"}""")]
    [InlineData("""{"version":1,"type":"wide-res-net","classes":99999999999}""")]
    [InlineData("""{"version":1,"type":"wide-res-net","clases":10}""")]
    [InlineData("""{"version":1,"type":"wide-res-net","stem":null}""")]
    [InlineData("""{"version":1,"type":"wide-res-net","stages":null}""")]
    [InlineData("""{"version":1,"type":"wide-res-net","stages":[null]}""")]
    [InlineData("""{"version":1,"type":"wide-res-net","stages":{}}""")]
    [InlineData("""{"version":1,"type":"wide-res-net","stages":[{"width":1,"width":2}]}""")]
    [InlineData("""{"version":1,"type":"wide-res-net","stages":[{"activation":null}]}""")]
    [InlineData("""{"version":1,"type":"wide-res-net","stages":[{"activation":"relu"}]}""")]
    [InlineData("""{"version":1,"type":"wide-res-net","stages":[{"activation":{"type":"basic"}}]}""")]
    [InlineData("""{"version":1,"type":"wide-res-net","stages":[{"dropout":NaN}]}""")]
    public void Read_MalformedText_IsInvalidDataThatNamesTheSource(string json) =>
        Assert.StartsWith("net.json ", Assert.Throws<InvalidDataException>(() => DescriptionJson.Read<INetworkSpec>(json, "net.json")).Message);

    [Theory]
    [InlineData("{\"version\": 1, \"type\": \"LONG\"}", "\"type\" must be one of")]
    [InlineData("{\"version\": 1, \"type\": [\"LONG\"]}", "\"type\" must be one of")]
    [InlineData("{\"version\": \"LONG\", \"type\": \"vgg\"}", "has version")]
    [InlineData("{\"version\": 1, \"type\": \"vgg\", \"LONG\": 1}", "The JSON property")]
    [InlineData("{\"version\": 1, \"type\": \"vgg\", \"LONG\": 1, \"LONG\": 2}", "uplicate")]
    [InlineData("{\"version\": 1, \"type\": \"vgg\", \"classes\": \"LONG\"}", "$.classes")]
    [InlineData("{\"version\": 1, \"type\": \"vgg\", \"classes\": 1DIGITS}", "$.classes")]
    [InlineData("{\"version\": 1DIGITS, \"type\": \"vgg\"}", "has version")]
    [InlineData("{\"version\": 1, \"type\": \"vgg\", \"activation\": {\"type\": \"LONG\"}}", "\"type\" must be one of")]
    [InlineData("{\"version\": 1, \"type\": \"vgg\", \"activation\": \"LONG\"}", "expected an object")]
    public void Read_AMillionCharacters_AreQuotedByALine(string pattern, string expected)
    {
        string json = pattern.Replace("LONG", new string('x', 1_000_000), StringComparison.Ordinal)
            .Replace("DIGITS", new string('0', 1_000_000), StringComparison.Ordinal);

        InvalidDataException e = Assert.Throws<InvalidDataException>(() => DescriptionJson.Read<INetworkSpec>(json, "spec.json"));

        Assert.StartsWith("spec.json", e.Message);
        Assert.Contains(expected, e.Message);
        Assert.InRange(e.ToString().Length, 1, 6_000);
    }

    [Fact]
    public void Read_TextOfAHundredMegabytes_IsRefusedUnread() =>
        Assert.Contains("a description has at most 4194304",
            Assert.Throws<InvalidDataException>(() => DescriptionJson.Read<INetworkSpec>(new string(' ', 50_000_000))).Message);

    [Fact]
    public void Read_OptionalNumberThatIsText_IsNamedInPlainWords()
    {
        string json = DescriptionJson.Write(new Optional { Share = 0.5 }).Replace("0.5", "\"half\"", StringComparison.Ordinal);

        InvalidDataException e = Assert.Throws<InvalidDataException>(() => DescriptionJson.Read<IOptional>(json));

        Assert.Contains("could not be converted to Double, or null. Path: $.share", e.Message);
        Assert.DoesNotContain("Nullable`1", e.Message);
    }

    [Fact]
    public void Read_DeeplyNestedText_IsInvalidData() =>
        Assert.Throws<InvalidDataException>(() => DescriptionJson.Read<INetworkSpec>(string.Concat(Enumerable.Repeat("{\"a\":", 10_000)) + "1" + new string('}', 10_000)));

    [Fact]
    public void Read_CutAnywhere_IsInvalidData()
    {
        string json = DescriptionJson.Write(WideResNetSpec.Of(4, [1], [4]));

        for (int length = 0; length < json.Length; length += 7)
            Assert.Throws<InvalidDataException>(() => DescriptionJson.Read<INetworkSpec>(json[..length]));
    }

    [Fact]
    public void Read_ActivationOfTheCallersAssembly_IsFoundBuiltAndReadBack()
    {
        WideResNetSpec spec = WideResNetSpec.Of(4, [1], [4]).WithStage(0, stage => stage with { Activation = new Square { Factor = 0.1 } });

        INetworkSpec read = DescriptionJson.Read<INetworkSpec>(DescriptionJson.Write(spec));

        Assert.Equal(spec, read);
        using Classifier classifier = read.Build(0);
        using Tensor images = rand(1, 3, 4, 4);
        using Tensor logits = classifier.call(images);
        Assert.Equal([1, 10], logits.shape);
    }

    [Fact]
    public void Write_TypeWithoutAName_SaysWhatItNeeds() =>
        Assert.Equal("Nameless cannot be stored: it needs `public const string TypeName = \"...\"`, the name it has in files.",
            Assert.Throws<InvalidOperationException>(() => DescriptionJson.Write(new Nameless())).Message);

    /// <summary>An activation a user might write.</summary>
    public sealed record Square : IActivation
    {
        public const string TypeName = "test-square";

        public double Factor { get; init; } = 1;

        public FeatureMap Trace(CostTrace trace, FeatureMap input) => trace.Elementwise(input, KeptForBackward.Input);

        public nn.Module<Tensor, Tensor> Build(int channels) => new Module(Factor);

        public IEnumerable<Problem> Problems() => Rule.Positive(Factor);

        private sealed class Module(double factor) : nn.Module<Tensor, Tensor>(nameof(Square))
        {
            public override Tensor forward(Tensor input)
            {
                using Tensor square = input * input;
                return square.Times(factor);
            }
        }
    }

    public interface IOptional : IDescription;

    public sealed record Optional : IOptional
    {
        public const string TypeName = "test-optional";

        public double? Share { get; init; }

        public IEnumerable<Problem> Problems() => [];
    }

    private sealed record Nameless : IDescription
    {
        public IEnumerable<Problem> Problems() => [];
    }
}
