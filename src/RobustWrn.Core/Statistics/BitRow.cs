using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RobustWrn.Core;

/// <summary>
/// True or false for each of a row of examples: which images a network gets right. Immutable, with value equality; in files the length and
/// the bits in Base64, the first example in the lowest bit of the first byte.
/// </summary>
[JsonConverter(typeof(BitRowConverter))]
public sealed class BitRow : IEquatable<BitRow>
{
    private readonly byte[] _bytes;

    private BitRow(int count, byte[] bytes) => (Count, _bytes) = (count, bytes);

    /// <summary>The number of examples.</summary>
    public int Count { get; }

    /// <summary>The number of examples for which it is true.</summary>
    [JsonIgnore]
    public int Hits => _bytes.Sum(bits => BitOperations.PopCount(bits));

    /// <summary>The share of examples for which it is true.</summary>
    [JsonIgnore]
    public Proportion Share => new(Hits, Count);

    /// <summary>The verdict on one example.</summary>
    /// <param name="index">The example, from 0.</param>
    public bool this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            return (_bytes[index / 8] >> (index % 8) & 1) == 1;
        }
    }

    /// <summary>The row of some verdicts.</summary>
    public static BitRow Of(IEnumerable<bool> verdicts)
    {
        ArgumentNullException.ThrowIfNull(verdicts);
        bool[] all = [.. verdicts];
        byte[] bytes = new byte[(all.Length + 7) / 8];
        for (int i = 0; i < all.Length; i++)
        {
            if (all[i])
                bytes[i / 8] |= (byte)(1 << (i % 8));
        }
        return new BitRow(all.Length, bytes);
    }

    /// <summary>The verdicts in their order.</summary>
    public bool[] ToArray() => [.. Enumerable.Range(0, Count).Select(i => this[i])];

    /// <inheritdoc/>
    public bool Equals(BitRow? other) => other is not null && Count == other.Count && _bytes.AsSpan().SequenceEqual(other._bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as BitRow);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = new();
        hash.Add(Count);
        hash.AddBytes(_bytes);
        return hash.ToHashCode();
    }

    /// <summary>The number of true ones, out of all.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Hits} of {Count}");

    private sealed class BitRowConverter : JsonConverter<BitRow>
    {
        public override BitRow Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            string text = reader.GetString() ?? throw new JsonException("a row of bits must be a text, got null.");
            int colon = text.IndexOf(':', StringComparison.Ordinal);
            byte[] bytes = new byte[Math.Max(0, text.Length)];
            if (colon < 0 || !int.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out int count)
                || !Convert.TryFromBase64Chars(text.AsSpan(colon + 1), bytes, out int written) || written != ((long)count + 7) / 8
                || (count % 8 != 0 && bytes[written - 1] >> (count % 8) != 0))
                throw new JsonException($"a row of bits must be its length, a colon and its bits in Base64, got \"{Excerpt.Of(text)}\".");
            return new BitRow(count, bytes[..written]);
        }

        public override void Write(Utf8JsonWriter writer, BitRow value, JsonSerializerOptions options) =>
            writer.WriteStringValue(string.Create(CultureInfo.InvariantCulture, $"{value.Count}:{Convert.ToBase64String(value._bytes)}"));
    }
}
