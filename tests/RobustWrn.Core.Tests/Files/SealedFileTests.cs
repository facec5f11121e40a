using System.Text.Json.Nodes;

namespace RobustWrn.Core.Tests;

public sealed class SealedFileTests : IDisposable
{
    private static readonly SealedFile<Content> Format = new("test", version: 3);

    private readonly string _folder = TestFolder.Make();

    public SealedFileTests() => Format.Write(Made, new Content("ünï \"quoted\" +<>", 0.1, [1, 2, 3]), ("network", "a"), ("weights", "b"));

    private string Made => Path.Combine(_folder, "file.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void TryRead_FileAsWritten_GivesTheContent()
    {
        Assert.True(Format.TryRead(Made, out Content? content, out _, ("weights", "b"), ("network", "a")));
        Assert.Equal(new Content("ünï \"quoted\" +<>", 0.1, [1, 2, 3]), content);
        File.WriteAllText(Made, File.ReadAllText(Made).ReplaceLineEndings("\r\n").Replace("  ", "\t", StringComparison.Ordinal));
        Assert.True(Format.TryRead(Made, out _, out _));
    }

    /// <summary>Every bit of the file. A flip in white space may leave white space.</summary>
    [Fact]
    public void TryRead_AnyBitFlipped_IsNotBelievedOrGivesTheSameContent()
    {
        byte[] whole = File.ReadAllBytes(Made);
        Assert.True(Format.TryRead(Made, out Content? written, out _));
        int refused = 0;
        for (int bit = 0; bit < 8 * whole.Length; bit++)
        {
            byte[] flipped = [.. whole];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(Made, flipped);
            if (Format.TryRead(Made, out Content? content, out string? fault, ("network", "a"), ("weights", "b")))
                Assert.Equal(written, content);
            else
                refused += fault.Length > 0 ? 1 : 0;
        }
        Assert.True(refused > 6 * whole.Length, $"refused {refused} flips of {8 * whole.Length}");
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("{}", "it has no sha256")]
    [InlineData("[]", "it is no JSON object")]
    [InlineData("null", "it is no JSON object")]
    [InlineData("{\"sha256\": 3}", "it has no sha256")]
    [InlineData("{\"version\": 3, \"version\": 3}", "")]
    public void TryRead_SomethingElse_IsNotBelieved(string text, string reason)
    {
        File.WriteAllText(Made, text);

        Assert.False(Format.TryRead(Made, out Content? content, out string? fault));
        Assert.Null(content);
        Assert.Contains(reason, fault);
    }

    [Fact]
    public void TryRead_NoFile_IsMissing()
    {
        Assert.False(Format.TryRead(Path.Combine(_folder, "none", "file.json"), out _, out string? fault));
        Assert.Equal("it is missing", fault);
    }

    [Theory]
    [InlineData("version", "0", "it has version 0, and this library reads version 3")]
    [InlineData("version", "-1", "it has version -1, and this library reads version 3")]
    [InlineData("version", "2", "it has version 2, and this library reads version 3")]
    [InlineData("version", "3.5", "it has version 3.5, and this library reads version 3")]
    [InlineData("version", "null", "it has version nothing, and this library reads version 3")]
    [InlineData("kind", "\"other\"", "it is a file of the kind \"other\", not \"test\"")]
    [InlineData("belongsTo", "{}", "it belongs to another network")]
    [InlineData("belongsTo", "{\"network\": \"b\"}", "it belongs to another network")]
    [InlineData("belongsTo", "4", "it belongs to another network")]
    [InlineData("content", "null", "it is empty")]
    [InlineData("content", "{\"text\": 3}", "")]
    public void TryRead_SoundFileOfSomethingElse_IsNotBelieved(string property, string value, string reason)
    {
        Reseal(property, value);

        Assert.False(Format.TryRead(Made, out _, out string? fault, ("network", "a")));
        Assert.Contains(reason, fault);
    }

    [Fact]
    public void TryRead_SoundFileOfANewerVersion_IsRefusedByName()
    {
        Reseal("version", "4");

        Assert.Equal($"{Made} has version 4; this library reads version 3. Use the library that wrote it, or a newer one.",
            Assert.Throws<InvalidDataException>(() => Format.TryRead(Made, out _, out _)).Message);
    }

    [Fact]
    public void MoveAside_FilesAndFolders_AreKeptUnderAnotherName()
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder, "training", "deep")).Parent!.FullName;
        for (int i = 0; i < 2; i++)
        {
            File.WriteAllText(Made, $"{i}");
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "x"), $"{i}");

            Assert.Equal($"{i}", File.ReadAllText(SealedFile.MoveAside(Made)));
            Assert.Equal($"{i}", File.ReadAllText(Path.Combine(SealedFile.MoveAside(folder), "x")));
            Assert.False(File.Exists(Made) || Directory.Exists(folder));
        }
        Assert.Equal($"{Made}.damaged", SealedFile.MoveAside(Made)); // there is nothing to move
    }

    private void Reseal(string property, string value)
    {
        JsonObject document = JsonNode.Parse(File.ReadAllText(Made))!.AsObject();
        document.Remove("sha256");
        document[property] = JsonNode.Parse(value);
        File.WriteAllText(Made, SealedJson.Seal(document).ToJsonString());
    }

    internal sealed record Content(string Text, double Number, ValueList<int> Values);
}
