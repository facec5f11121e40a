namespace RobustWrn.Core;

/// <summary>A file of torch.save: one pickled value, and storages beside it.</summary>
internal abstract class TorchArchive(PositionedFile file) : IDisposable
{
    /// <summary>The file.</summary>
    public PositionedFile File => file;

    /// <summary>The value that was saved.</summary>
    public object? Root { get; protected init; }

    /// <summary>Texts beside it.</summary>
    public virtual IReadOnlyDictionary<string, string> Texts { get; } = new Dictionary<string, string>();

    /// <summary>A storage by its key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="bytes">How long the pickle says it is.</param>
    /// <exception cref="WeightsFileException">It is not there, or of another length.</exception>
    public abstract TensorStorage Storage(string key, long bytes);

    public void Dispose() => file.Dispose();
}
