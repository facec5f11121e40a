using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>Element types as PyTorch's storages, its dtypes and NumPy name them.</summary>
internal static class ElementTypes
{
    private static readonly (ScalarType Type, string Storage, string Name, string NumPy)[] Known =
    [
        (ScalarType.Float64, "DoubleStorage", "float64", "f8"), (ScalarType.Float32, "FloatStorage", "float32", "f4"), (ScalarType.Float16, "HalfStorage", "float16", "f2"),
        (ScalarType.BFloat16, "BFloat16Storage", "bfloat16", ""), (ScalarType.Int64, "LongStorage", "int64", "i8"), (ScalarType.Int32, "IntStorage", "int32", "i4"),
        (ScalarType.Int16, "ShortStorage", "int16", "i2"), (ScalarType.Int8, "CharStorage", "int8", "i1"), (ScalarType.Byte, "ByteStorage", "uint8", "u1"),
        (ScalarType.Bool, "BoolStorage", "bool", "b1"), (ScalarType.ComplexFloat32, "ComplexFloatStorage", "complex64", "c8"),
        (ScalarType.ComplexFloat64, "ComplexDoubleStorage", "complex128", "c16"),
    ];

    public static ScalarType? OfStorage(string name) => Find(known => known.Storage == name);

    public static ScalarType? OfName(string name) => Find(known => known.Name == name);

    public static ScalarType? OfNumPy(string name) => Find(known => known.NumPy == name && name.Length > 0);

    public static string? Storage(ScalarType type) => Array.Find(Known, known => known.Type == type).Storage;

    /// <summary>The name in PyTorch.</summary>
    public static string Name(ScalarType type) => Array.Find(Known, known => known.Type == type).Name ?? type.ToString();

    public static int Size(ScalarType type) => type switch { ScalarType.ComplexFloat32 => 8, ScalarType.ComplexFloat64 => 16, _ => type.ElementSize() };

    /// <summary>How long the pieces are that a change of byte order turns round: a complex number is two.</summary>
    public static int SwapSize(ScalarType type) => type is ScalarType.ComplexFloat32 or ScalarType.ComplexFloat64 ? Size(type) / 2 : Size(type);

    private static ScalarType? Find(Func<(ScalarType Type, string Storage, string Name, string NumPy), bool> fits)
    {
        foreach ((ScalarType Type, string Storage, string Name, string NumPy) known in Known)
        {
            if (fits(known))
                return known.Type;
        }
        return null;
    }
}
