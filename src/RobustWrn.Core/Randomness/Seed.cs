using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RobustWrn.Core;

/// <summary>The one number from which all randomness of a run is derived. Every value is valid.</summary>
/// <param name="Value">The number.</param>
[JsonConverter(typeof(SeedConverter))]
public readonly record struct Seed(ulong Value)
{
    /// <summary>A seed from a whole number; negative ones are taken by their bits.</summary>
    public static implicit operator Seed(long value) => new(unchecked((ulong)value));

    /// <summary>The seed of one replicate: 0 is this seed itself, so that a single run and the first replicate agree.</summary>
    /// <param name="index">The replicate, from 0.</param>
    public Seed Replicate(int index) => index == 0 ? this : new(RandomStream.From(this).For("replicate").At(index).Key);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}

internal sealed class SeedConverter : JsonConverter<Seed>
{
    public override Seed Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetUInt64());

    public override void Write(Utf8JsonWriter writer, Seed value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Value);
}
