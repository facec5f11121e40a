using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// What a pickle of torch.save says of a storage: its key, element type (null for one of bytes), length, and where a view of it begins.
/// </summary>
internal sealed record StorageId(string Key, ScalarType? Type, int Size, long Bytes, long ViewFrom)
{
    // Element types that no tensor here can have, but whose storages stand before others in files before 1.6.
    private static readonly (string Name, int Size)[] Unreadable =
        [("QUInt8Storage", 1), ("QInt8Storage", 1), ("QInt32Storage", 4), ("QUInt4x2Storage", 1), ("QUInt2x4Storage", 1)];

    /// <summary>The element type where no tensor here can have it; null for a readable one.</summary>
    public string? Unknown { get; private init; }

    public static StorageId Parse(PositionedFile file, PicklePersistent outside)
    {
        if (outside.Id is not PickleTuple { Items: ["storage", var type, string key, _, long elements, .. var rest] })
            throw file.Damaged("its pickle refers to something outside that is no storage");
        if (type is not PickleGlobal { Module: "torch" or "torch.cuda" or "torch.storage" } storage)
            throw file.Unsupported($"the storage {key} is {TorchTensors.Describe(type)}");
        bool untyped = storage.Name is "UntypedStorage" or "_UntypedStorage";
        ScalarType? element = untyped ? null : ElementTypes.OfStorage(storage.Name);
        int unreadable = untyped || element is not null ? 0 : Unreadable.FirstOrDefault(known => known.Name == storage.Name).Size;
        if (!untyped && element is null && unreadable == 0)
            throw file.Unsupported($"the storage {key} is a {storage}, which no tensor here can have");
        int size = element is { } known ? ElementTypes.Size(known) : Math.Max(1, unreadable);
        if (elements < 0 || elements > file.Length / size)
            throw file.Damaged($"the storage {key} has {Quantity.Of(elements, "element")}, more than the file has bytes for");
        // Before 1.6 a storage could be a part of another: (its key, first element, elements).
        long from = rest is [PickleTuple { Items: [_, long first, long count] }] ? first >= 0 && count >= 0 && first <= elements - count ? first : throw file.Damaged($"a view reaches beyond the storage {key}") : 0;
        return new StorageId(key, element, size, elements * size, from * size) { Unknown = unreadable > 0 ? storage.ToString() : null };
    }
}
