namespace RobustWrn.Core;

/// <summary>
/// Every buffer, table and tensor that a weights file asks for passes here first: a file can claim any size, but nothing is allocated that is larger than
/// twice the file (1 MiB for small ones), and no more values than a real checkpoint has.
/// </summary>
internal sealed class AllocationGate(string path, long fileLength)
{
    // A value of a pickle takes up to about 100 bytes here and one byte there.
    private const long MaximalValues = 1 << 23;

    private long _values;

    public long Limit { get; } = Math.Max(1 << 20, checked(2 * fileLength));

    /// <summary>The largest number of bytes admitted so far.</summary>
    public long Largest { get; private set; }

    /// <summary>The bytes again, if they may be allocated at once.</summary>
    public long Admit(long bytes, string what)
    {
        if (bytes < 0 || bytes > Limit)
            throw new WeightsFileException(path, $"asks for {bytes} bytes for {what}, more than the {Limit} that a file of {fileLength} bytes may: it is damaged.");
        Largest = Math.Max(Largest, bytes);
        return bytes;
    }

    /// <summary>Counts values, however small.</summary>
    public void Count(long values)
    {
        _values += values;
        if (_values > MaximalValues)
            throw new WeightsFileException(path, $"holds more than {MaximalValues} values beside its tensors: it is damaged, or no checkpoint.");
    }
}
