using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// Which values of a pickle are tensors, and where their elements lie. A value that is none stays what it is: a name for messages.
/// </summary>
internal sealed class TorchTensors(TorchArchive archive)
{
    private const int MaxNesting = 8, MaxConstants = 16;

    // Entries that show one array share its bytes.
    private readonly Dictionary<PickleCall, NumPyArray?> _arrays = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<(object Content, bool BigEndian), InlineStorage> _inline = [];

    /// <summary>Whether a value says it is a tensor.</summary>
    public static bool IsTensor(object? value) => value is PickleCall { Callable: PickleGlobal function }
        && (function is { Module: "torch._tensor", Name: "_rebuild_from_type_v2" } || (function.Module == "torch._utils" && function.Name.StartsWith("_rebuild_", StringComparison.Ordinal)));

    /// <summary>Whether a value says it is an array of NumPy.</summary>
    public static bool IsArray(object? value) => value is PickleCall { Callable: PickleGlobal function } && NumPyValues.IsArray(function);

    /// <summary>The tensor; null for a value that is none, which <paramref name="what"/> describes.</summary>
    public StridedTensor? Read(string name, object? value, out string what)
    {
        what = Describe(value);
        for (int level = 0; level < MaxNesting; level++)
        {
            if (value is not PickleCall { Callable: PickleGlobal function } call)
                return NumPyValues.Number(value) is { } number ? Inline(name, number, isNumber: true) : Constant(name, value);
            object?[] arguments = call.ArgumentList;
            switch (function)
            {
                case { Module: "torch._utils", Name: "_rebuild_tensor" or "_rebuild_tensor_v2" } when arguments is [PicklePersistent outside, long offset, var shape, var strides, ..]:
                    return arguments is [_, _, _, _, _, _, var marks, ..] && IsConjugate(marks) ? null
                        : Tensor(name, outside, null, offset, shape, strides, ref what);
                case { Module: "torch._utils", Name: "_rebuild_tensor_v3" } when arguments is [PicklePersistent outside, long offset, var shape, var strides, _, _, PickleGlobal { Module: "torch" } dtype, ..]:
                    return ElementTypes.OfName(dtype.Name) is { } type ? Tensor(name, outside, type, offset, shape, strides, ref what)
                        : null;
                case { Module: "torch._utils", Name: "_rebuild_parameter" or "_rebuild_parameter_with_state" } when arguments is [var data, ..]:
                    value = data;
                    continue;
                case { Module: "torch._tensor", Name: "_rebuild_from_type_v2" } when arguments is [var rebuild, _, var inner, ..]:
                    value = new PickleCall(rebuild, inner);
                    continue;
                default:
                    return Array(call) is { } array ? Inline(name, array, isNumber: NumPyValues.IsScalar(function)) : null;
            }
        }
        return null;
    }

    /// <summary>A value in words.</summary>
    public static string Describe(object? value) => value switch
    {
        null => "None",
        PickleCall { Callable: PickleGlobal { Module: "copyreg" or "copy_reg", Name: "_reconstructor" }, ArgumentList: [PickleGlobal type, ..] } => $"a pickled {type}",
        PickleCall { Callable: PickleGlobal function } => $"a pickled {function}",
        PickleGlobal name => $"the name {name}",
        PickleDict => "a dictionary",
        PickleList => "a list",
        PickleTuple => "a tuple",
        string => "a text",
        byte[] => "bytes",
        long or double or bool or System.Numerics.BigInteger => "a number",
        _ => "an object",
    };

    private NumPyArray? Array(PickleCall call) => _arrays.TryGetValue(call, out NumPyArray? known) ? known
        : _arrays[call] = NumPyValues.Array(archive.File, call);

    // A mean or std as a list of numbers; other lists are no weights.
    private StridedTensor? Constant(string name, object? value)
    {
        object?[]? items = value switch
        {
            PickleTuple tuple => tuple.Items,
            PickleList { Items.Count: <= MaxConstants } list => [.. list.Items.Items()],
            _ => null,
        };
        return items is { Length: > 0 and <= MaxConstants } && ConstantName.Of(name) is not null
            && NumPyValues.Numbers(items) is { } array ? Inline(name, array, isNumber: false) : null;
    }

    private StridedTensor? Tensor(string name, PicklePersistent outside, ScalarType? dtype, long offset, object? shape, object? strides,
        ref string what)
    {
        StorageId id = StorageId.Parse(archive.File, outside);
        if (id.Unknown is not null)
        {
            what = $"a tensor of {id.Unknown}";
            return null;
        }
        ScalarType type = dtype ?? id.Type ?? throw archive.File.Damaged($"the tensor {name} has bytes, but no element type");
        StridedLayout layout = new(offset, Sides(name, shape), Sides(name, strides));
        if (layout.Problem((id.Bytes - id.ViewFrom) / ElementTypes.Size(type)) is { } problem)
            throw archive.File.Damaged($"the tensor {name} {problem}");
        return new StridedTensor(name, type, layout, archive.Storage(id.Key, id.Bytes), id.ViewFrom, archive.File.Gate);
    }

    private StridedTensor Inline(string name, NumPyArray array, bool isNumber)
    {
        long size = ElementTypes.Size(array.Type);
        if (array.Layout.Problem(array.Content.Length / size) is { } problem)
            throw archive.File.Damaged($"the array {name} {problem}");
        return new StridedTensor(name, array.Type, array.Layout, Shared(array), 0, archive.File.Gate) { IsNumber = isNumber };
    }

    private InlineStorage Shared(NumPyArray array)
    {
        // Arrays compare by reference here.
        (object, bool) key = (array.Content, array.BigEndian);
        return _inline.TryGetValue(key, out InlineStorage? known) ? known
            : _inline[key] = new InlineStorage(array.Content, array.BigEndian);
    }

    private long[] Sides(string name, object? value)
    {
        object? tuple = value is PickleCall { Callable: PickleGlobal { Module: "torch", Name: "Size" }, ArgumentList: [var inner] } ? inner : value;
        return tuple is PickleTuple { Items: { Length: <= StridedLayout.MaxDimensions } items }
            && System.Array.TrueForAll(items, item => item is long)
            ? System.Array.ConvertAll(items, item => (long)item!)
            : throw archive.File.Damaged($"the tensor {name} has {Describe(value)} for its shape or strides");
    }

    // A complex tensor can be marked as conjugated or negated instead of being so; its bytes alone are other numbers.
    private bool IsConjugate(object? marks) =>
        PickleDictionaries.Is(marks) && PickleDictionaries.Named(marks, archive.File.Gate).Any(mark => mark is { Key: "conj" or "neg", Value: true });
}
