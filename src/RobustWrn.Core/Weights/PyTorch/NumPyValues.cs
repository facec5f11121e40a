using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>An array or number as bytes.</summary>
internal sealed record NumPyArray(ScalarType Type, StridedLayout Layout, byte[] Content, bool BigEndian);

/// <summary>What a pickle says of an array, with its bytes as the pickle holds them.</summary>
internal sealed record NumPyDescription(ScalarType Type, ValueList<long> Shape, bool Reversed, bool BigEndian, object? Data);

/// <summary>Arrays and scalars of NumPy in a pickle, and plain numbers.</summary>
internal static class NumPyValues
{
    /// <summary>Whether a function makes an array.</summary>
    public static bool IsArray(PickleGlobal function) => function is
    { Module: "numpy.core.multiarray" or "numpy._core.multiarray", Name: "_reconstruct" } or { Module: "numpy.core.numeric" or "numpy._core.numeric", Name: "_frombuffer" };

    /// <summary>Whether a function makes a scalar.</summary>
    public static bool IsScalar(PickleGlobal function) => function is { Module: "numpy.core.multiarray" or "numpy._core.multiarray", Name: "scalar" };

    /// <summary>The array of a call; null for one of something else, or of elements no tensor here can have.</summary>
    public static NumPyArray? Array(PositionedFile file, PickleCall call) =>
        Describe(call) is { } described && Content(file, described.Data) is { } content ? Packed(file, described, content) : null;

    /// <summary>What is said of the array of a call, before its bytes are looked at; null for a call of something else.</summary>
    public static NumPyDescription? Describe(PickleCall call)
    {
        if (call.Callable is not PickleGlobal function)
            return null;
        if (IsScalar(function))
            return call.ArgumentList is [var type, var one] ? Described(type, [], reversed: false, one) : null;
        if (!IsArray(function))
            return null;
        return function.Name == "_reconstruct"
            ? call.State is PickleTuple { Items: [_, PickleTuple shape, var dtype, bool fortran, var data] } ? Described(dtype, shape.Items, fortran, data) : null
            : call.ArgumentList is [var buffer, var element, PickleTuple sides, string order, ..] ? Described(element, sides.Items, order == "F", buffer) : null;
    }

    /// <summary>A number as an array without sides; null for what is no number.</summary>
    public static NumPyArray? Number(object? value) => value switch
    {
        long whole => new(ScalarType.Int64, StridedLayout.Packed([]), MemoryMarshal.AsBytes<long>([whole]).ToArray(), !BitConverter.IsLittleEndian),
        double real => new(ScalarType.Float64, StridedLayout.Packed([]), MemoryMarshal.AsBytes<double>([real]).ToArray(), !BitConverter.IsLittleEndian),
        bool truth => new(ScalarType.Bool, StridedLayout.Packed([]), [truth ? (byte)1 : (byte)0], false),
        _ => null,
    };

    /// <summary>Numbers as an array; null where one is no number.</summary>
    public static NumPyArray? Numbers(object?[] values)
    {
        double[] numbers = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] is not (long or double))
                return null;
            numbers[i] = Convert.ToDouble(values[i], CultureInfo.InvariantCulture);
        }
        return new NumPyArray(ScalarType.Float64, StridedLayout.Packed([numbers.Length]), MemoryMarshal.AsBytes<double>(numbers)
            .ToArray(), !BitConverter.IsLittleEndian);
    }

    /// <summary>A number or text as text, for what is stored beside weights; null for anything else.</summary>
    public static string? Text(PositionedFile file, object? value) => value switch
    {
        string text => text,
        bool or long or double or System.Numerics.BigInteger => Convert.ToString(value, CultureInfo.InvariantCulture),
        PickleCall { Callable: PickleGlobal function } call when IsScalar(function) && Array(file, call) is { BigEndian: false } scalar => scalar switch
        {
            { Type: ScalarType.Float64, Content.Length: 8 } => BitConverter.ToDouble(scalar.Content).ToString(CultureInfo.InvariantCulture),
            { Type: ScalarType.Float32, Content.Length: 4 } => BitConverter.ToSingle(scalar.Content).ToString(CultureInfo.InvariantCulture),
            { Type: ScalarType.Int64, Content.Length: 8 } => BitConverter.ToInt64(scalar.Content).ToString(CultureInfo.InvariantCulture),
            _ => null,
        },
        _ => null,
    };

    private static NumPyDescription? Described(object? dtype, object?[] shape, bool reversed, object? data) =>
        shape.Length <= StridedLayout.MaxDimensions && ElementType(dtype) is ({ } type, var bigEndian)
            && System.Array.TrueForAll(shape, side => side is long)
            ? new NumPyDescription(type, shape.Select(side => (long)side!).ToValueList(), reversed, bigEndian, data)
            : null;

    private static NumPyArray Packed(PositionedFile file, NumPyDescription described, byte[] content)
    {
        StridedLayout layout = StridedLayout.Packed([.. described.Shape], described.Reversed);
        int size = ElementTypes.Size(described.Type);
        if (layout.Problem(content.Length / size) is null && layout.Count * size != content.Length)
            throw file.Damaged($"an array of {Quantity.Of(layout.Count, "element")} has {content.Length} bytes");
        return new NumPyArray(described.Type, layout, content, described.BigEndian);
    }

    // numpy.dtype("f4", False, True), then the state (3, "<", ...): the byte order, "|" for none and "=" for this machine's.
    private static (ScalarType? Type, bool BigEndian) ElementType(object? dtype)
    {
        if (dtype is not PickleCall { Callable: PickleGlobal { Module: "numpy", Name: "dtype" }, ArgumentList: [string name, ..] } call)
            return (null, false);
        string? order = call.State is PickleTuple { Items: [_, string first, ..] } ? first : null;
        return (ElementTypes.OfNumPy(name.TrimStart('<', '>', '|', '=')), (order ?? name[..Math.Min(1, name.Length)]) == ">");
    }

    /// <summary>The bytes of an array, however the pickle holds them; null where it holds none.</summary>
    public static byte[]? Content(PositionedFile file, object? data)
    {
        // Protocols below 3 have no bytes: _codecs.encode("...", "latin1").
        string? text = data is PickleCall { Callable: PickleGlobal { Module: "_codecs", Name: "encode" }, ArgumentList: [string encoded, "latin1" or "latin-1", ..] } ? encoded : data as string;
        if (text is null)
            return data is PickleCall { Callable: PickleGlobal { Name: "bytes" or "bytearray" }, ArgumentList: [byte[] inner] } ? inner : data as byte[];
        file.Gate.Keep(text.Length, "an array");
        return Encoding.Latin1.GetBytes(text);
    }
}
