using System.Numerics;

namespace RobustWrn.Core;

/// <summary>
/// The format of PyTorch before 1.6: pickles one after another (a magic number, the version, the system, the value, the keys of the
/// storages), then each storage in the order of its key: the number of elements in eight bytes, and the elements, always with the low
/// byte first.
/// </summary>
internal sealed class LegacyTorchArchive : TorchArchive
{
    private const long Version = 1001;
    private static readonly BigInteger Magic = BigInteger.Parse("119547037146038801333356", System.Globalization.CultureInfo.InvariantCulture);

    private readonly Dictionary<string, FileStorage> _storages = [];

    public LegacyTorchArchive(PositionedFile file)
        : base(file)
    {
        PickleSource source = new(file, 0, file.Length);
        if (new Unpickler(source).Load() is not BigInteger magic || magic != Magic)
            throw file.Unsupported("it is a pickle, but not one of torch.save. Write the weights with torch.save or as safetensors");
        if (new Unpickler(source).Load() is not Version)
            throw file.Unsupported("its version of the format before PyTorch 1.6 is not 1001");
        new Unpickler(source).Load();
        Unpickler unpickler = new(source);
        Root = unpickler.Load();
        if (new Unpickler(source).Load() is not PickleList keys)
            throw file.Damaged("it has no list of storages");
        Locate(source.Position, keys, Sizes(unpickler.Persistent));
    }

    public override TensorStorage Storage(string key, long bytes) =>
        !_storages.TryGetValue(key, out FileStorage? storage) ? throw File.Damaged($"the storage {key} is not in the file")
        : storage.Bytes == bytes ? storage
        : throw File.Damaged($"the storage {key} has {Quantity.Of(storage.Bytes, "byte")}, but {bytes} are expected");

    private Dictionary<string, int> Sizes(ChunkedList<PicklePersistent> persistent)
    {
        File.Gate.Admit(64L * persistent.Count, "the storages of the pickle");
        Dictionary<string, int> sizes = [];
        foreach (PicklePersistent outside in persistent.Items())
        {
            StorageId id = StorageId.Parse(File, outside);
            if (!sizes.TryAdd(id.Key, id.Size) && sizes[id.Key] != id.Size)
                throw File.Damaged($"the storage {id.Key} has elements of two sizes");
        }
        return sizes;
    }

    private void Locate(long position, PickleList keys, Dictionary<string, int> sizes)
    {
        Span<byte> count = stackalloc byte[8];
        File.Gate.Admit(96L * keys.Items.Count, "the storages of the file");
        foreach (object? item in keys.Items.Items())
        {
            if (item is not string key || !sizes.TryGetValue(key, out int size))
                throw File.Damaged("its list of storages names one that no tensor uses");
            File.Read(position, count);
            long elements = System.Buffers.Binary.BinaryPrimitives.ReadInt64LittleEndian(count);
            position += count.Length;
            if (elements < 0 || elements > (File.Length - position) / size)
                throw File.Damaged($"the storage {key} has {Quantity.Of(elements, "element")}, but only {File.Length - position} bytes are left");
            if (!_storages.TryAdd(key, new FileStorage(File, position, elements * size, checksum: null, bigEndian: false, key)))
                throw File.Damaged($"the storage {key} is listed twice");
            position += elements * size;
        }
        // Copies from tapes, block devices and some file systems end in zeros.
        if (File.DataEnd(position) > position)
            throw File.Damaged($"{File.Length - position} bytes follow its last storage");
    }
}
