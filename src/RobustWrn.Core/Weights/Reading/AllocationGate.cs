namespace RobustWrn.Core;

/// <summary>
/// Everything that a weights file asks for passes here first, one by one and in sum: a file can claim any size and show one array a
/// thousand times, but what is allocated for it stays within its own size times a factor.
/// </summary>
internal sealed class AllocationGate(string path, long fileLength)
{
    // Small files may take what any process has to spare.
    private const long Least = 1 << 20;

    // Text of an old pickle is twice its bytes in memory, and its array once more; then the tensors.
    private const int KeptFactor = 3;

    // An integer of three bytes takes 48 in a list here; the pickle of a checkpoint is a small part of it. Beyond 128 MiB (a million
    // containers) it is no checkpoint.
    private const int ValuesFactor = 8;
    private const long LeastValues = 4 * Least, MostValues = 128 * Least;

    private long _kept, _values;

    /// <summary>Most bytes at once.</summary>
    public long Limit { get; } = Math.Max(Least, checked(2 * fileLength));

    /// <summary>Most bytes in sum.</summary>
    public long SumLimit { get; } = Math.Max(2 * Least, checked(KeptFactor * fileLength));

    /// <summary>Most bytes of the values of pickles in sum.</summary>
    public long ValuesLimit { get; } = Math.Clamp(checked(ValuesFactor * fileLength), LeastValues, MostValues);

    /// <summary>The largest number of bytes admitted so far.</summary>
    public long Largest { get; private set; }

    /// <summary>The bytes again, if they may be allocated at once, for however short a time.</summary>
    public long Admit(long bytes, string what)
    {
        if (bytes < 0 || bytes > Limit)
            throw new WeightsFileException(path, $"asks for {Quantity.Of(bytes, "byte")} for {what}, more than the {Limit} that a file of {Quantity.Of(fileLength, "byte")} may: it is damaged.");
        Largest = Math.Max(Largest, bytes);
        return bytes;
    }

    /// <summary>The bytes again, if they may be allocated at once and together with all that is kept while the file is open.</summary>
    public long Keep(long bytes, string what)
    {
        _kept += Admit(bytes, what);
        AdmitSum(_kept, what);
        return bytes;
    }

    /// <summary>Refuses a sum of what is read in one go.</summary>
    public void AdmitSum(Int128 bytes, string what)
    {
        if (bytes > SumLimit)
            throw new WeightsFileException(
                path, $"asks for {bytes} bytes in sum with {what}, more than the {SumLimit} that a file of {Quantity.Of(fileLength, "byte")} may: it is "
                + $"damaged, or shows the same bytes as many tensors.");
    }

    /// <summary>Counts what values of pickles take, however small each is.</summary>
    public void Value(long bytes)
    {
        _values += bytes;
        if (_values > ValuesLimit)
            throw new WeightsFileException(
                path, $"asks for more than {ValuesLimit} bytes for values beside its tensors, which a file of {Quantity.Of(fileLength, "byte")} may "
                + $"not: it is damaged, or no checkpoint.");
    }
}
