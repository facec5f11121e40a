using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>The beginning of a .npy file, versions 1 to 3: the type, order and shape of the one array that follows.</summary>
/// <param name="Type">The type of the elements.</param>
/// <param name="Shape">The shape, every side at least 0, their product below 2^62.</param>
/// <param name="Length">How many bytes the header takes.</param>
internal sealed partial record NpyHeader(ScalarType Type, ValueList<long> Shape, long Length)
{
    private const int Longest = 1 << 16, MostSides = 8;

    /// <summary>How many bytes of elements follow.</summary>
    public long Bytes => Shape.Aggregate(1L, (product, side) => product * side) * ElementTypes.Size(Type);

    /// <summary>Reads a header; the stream stands behind it.</summary>
    /// <param name="stream">Stands at the beginning.</param>
    /// <param name="where">The file and the array, for errors.</param>
    public static NpyHeader Read(Stream stream, string where)
    {
        Span<byte> start = stackalloc byte[12];
        stream.ReadExactly(start[..8]);
        if (!start[..6].SequenceEqual((ReadOnlySpan<byte>)[0x93, .. "NUMPY"u8]) || start[6] is not (1 or 2 or 3))
            throw new InvalidDataException($"{where} is no array of NumPy in a known version. Save it with numpy.savez.");
        int before = start[6] == 1 ? 10 : 12;
        stream.ReadExactly(start[8..before]);
        long length = before == 10 ? BinaryPrimitives.ReadUInt16LittleEndian(start[8..]) : BinaryPrimitives.ReadUInt32LittleEndian(start[8..]);
        if (length > Longest)
            throw new InvalidDataException($"{where} has a header of {Quantity.Of(length, "byte")}, more than the {Longest} that one may have: it is damaged.");
        byte[] bytes = new byte[length];
        stream.ReadExactly(bytes);
        return Parse(Encoding.UTF8.GetString(bytes), before + length, where);
    }

    private static NpyHeader Parse(string header, long length, string where)
    {
        (Match type, Match order, Match shape) = (Descr().Match(header), FortranOrder().Match(header), ShapeTuple().Match(header));
        if (!type.Success || !order.Success || !shape.Success)
            throw new InvalidDataException($"{where} has a header that does not name type, order and shape: it is damaged, or its elements are records.");
        if (order.Groups[1].Value == "True")
            throw new InvalidDataException($"{where} is in Fortran order. Save numpy.ascontiguousarray of it.");
        string descr = type.Groups[1].Value;
        if (ElementTypes.OfNumPy(descr.TrimStart('<', '|', '=')) is not { } element)
            throw new InvalidDataException(
                $"{where} has elements of the type {Excerpt.Of(descr)}; known are signed whole numbers and uint8, the low byte first. "
                + "Convert it with astype.");
        string[] parts = shape.Groups[1].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        List<long> sides = [];
        Int128 product = ElementTypes.Size(element);
        foreach (string part in parts)
        {
            if (sides.Count == MostSides || !long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out long side) || (product *= side) > 1L << 62)
                throw new InvalidDataException($"{where} has the shape ({Excerpt.Of(shape.Groups[1].Value)}): it is damaged.");
            sides.Add(side);
        }
        return new NpyHeader(element, sides.ToValueList(), length);
    }

    [GeneratedRegex(@"'descr'\s*:\s*'([^']*)'")]
    private static partial Regex Descr();

    [GeneratedRegex(@"'fortran_order'\s*:\s*(True|False)")]
    private static partial Regex FortranOrder();

    [GeneratedRegex(@"'shape'\s*:\s*\(([^)]*)\)")]
    private static partial Regex ShapeTuple();
}
