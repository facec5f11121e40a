using System.Text.Json;
using System.Text.Json.Nodes;

namespace RobustWrn.Core.Tests;

/// <summary>A description whose two numbers in files became one: texts of both forms are read, wherever they nest.</summary>
public class MigratedDescriptionTests
{
    private const string Before = """{"version":1,"type":"test-migrated","from":2,"to":5}""", Today = """{"version":1,"type":"test-migrated","length":3}""";

    [Theory]
    [InlineData(Before)]
    [InlineData(Today)]
    public void Read_TextOfEitherForm_IsTheSameDescription(string text) =>
        Assert.Equal(new Migrated { Length = 3 }, DescriptionJson.Read<IMeasured>(text));

    [Fact]
    public void Read_TextOfBeforeInAnother_IsMigratedToo() => Assert.Equal(
        new Holder { Part = new Migrated { Length = 3 } },
        DescriptionJson.Read<Holder>("""{"version":1,"type":"test-migrated-holder","part":{"type":"test-migrated","from":2,"to":5}}"""));

    [Fact]
    public void Read_TextThatContradictsItself_IsRefusedWithTheReason() => Assert.Contains(
        "\"length\" must be left out beside \"to\"",
        Assert.Throws<InvalidDataException>(() => DescriptionJson.Read<IMeasured>(
            """{"version":1,"type":"test-migrated","from":2,"to":5,"length":3}""")).Message);

    [Theory]
    [InlineData(Before)]
    [InlineData(Today)]
    public void Renewed_TextOfEitherForm_IsThatOfToday(string text)
    {
        JsonNode stored = JsonNode.Parse(text)!;

        JsonNode? renewed = DescriptionJson.Renewed<IMeasured>(stored);

        Assert.Equal(Today, renewed!.ToJsonString());
        Assert.Equal(text, stored.ToJsonString());
    }

    [Theory]
    [InlineData("""{"type":"test-unknown","from":2}""")]
    [InlineData("""{"version":1,"type":"test-migrated","from":"two","to":5}""")]
    [InlineData("3")]
    public void Renewed_TextThatCannotBeRead_StaysAsItIs(string text) =>
        Assert.Equal(text, DescriptionJson.Renewed<IMeasured>(JsonNode.Parse(text))!.ToJsonString());

    [Fact]
    public void Canonical_StoredObject_IsThatOfItsDescription()
    {
        Migrated description = new() { Length = 3 };

        Assert.Equal(DescriptionJson.Canonical(description), DescriptionJson.Canonical(
            JsonNode.Parse("""{ "length": 3, "type": "test-migrated" }""")!.AsObject()));
    }

    public interface IMeasured : IDescription;

    public sealed record Migrated : IMeasured, IMigratedDescription
    {
        public const string TypeName = "test-migrated";

        public int Length { get; init; } = 1;

        public static void Migrate(JsonObject stored)
        {
            if (!stored.Remove("from", out JsonNode? from) || !stored.Remove("to", out JsonNode? to))
                return;
            if (stored.ContainsKey("length"))
                throw new JsonException("\"length\" must be left out beside \"to\", which says it.");
            stored["length"] = to!.GetValue<int>() - from!.GetValue<int>();
        }

        public IEnumerable<Problem> Problems() => Rule.Positive(Length);
    }

    public sealed record Holder : IDescription
    {
        public const string TypeName = "test-migrated-holder";

        public IMeasured Part { get; init; } = new Migrated();

        public IEnumerable<Problem> Problems() => [];
    }
}
