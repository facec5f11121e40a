using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// A counter-based source of randomness (<see cref="Philox"/>). What it draws depends only on its address (seed, purpose,
/// indices such as epoch, restart or step) and on the id of the example, so the same example gets the same noise whatever the batch size,
/// order, device, resume or earlier drops. Drawing changes nothing: the same call gives the same numbers again.
/// </summary>
/// <remarks>
/// Numbers are made on the CPU in float32 and copied; float64 tensors get the same values. Derive from this class to replay recorded
/// draws in tests.
/// </remarks>
public class RandomStream
{
    // Example ids are not negative, so no example's counter meets the counters keys are derived with.
    private const ulong DerivationTag = 0xFFFF_FFFF_D0A1_F1E5;
    private const float Unit24 = 1f / 16_777_216f;

    /// <summary>A stream with the given key.</summary>
    /// <param name="key">The Philox key.</param>
    protected RandomStream(ulong key) => Key = key;

    /// <summary>The Philox key: the stream's address, hashed.</summary>
    public ulong Key { get; }

    /// <summary>The root stream of a seed.</summary>
    public static RandomStream From(Seed seed) => new(Derive(seed.Value, 0));

    /// <summary>The stream for one purpose: <c>"initialisation"</c>, <c>"attack"</c>, ...</summary>
    /// <param name="purpose">Any text; different texts give independent streams.</param>
    public virtual RandomStream For(string purpose)
    {
        ArgumentNullException.ThrowIfNull(purpose);
        ulong hash = 0xCBF2_9CE4_8422_2325; // FNV-1a, 64 bits
        foreach (char c in purpose)
            hash = (hash ^ c) * 0x0000_0100_0000_01B3;
        return new RandomStream(Derive(Key, hash));
    }

    /// <summary>The stream at one index: an epoch, a restart, a step, a layer.</summary>
    /// <param name="index">Any whole number; different ones give independent streams.</param>
    public virtual RandomStream At(long index) => new(Derive(Key, unchecked((ulong)index)));

    /// <summary>Fills with uniform numbers in [0, 1), multiples of 2^-24.</summary>
    /// <param name="destination">Filled completely.</param>
    /// <param name="example">The example the numbers belong to, at least 0.</param>
    public void FillUniform(Span<float> destination, long example = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(example);
        Span<float> four = stackalloc float[4];
        for (int at = 0; at < destination.Length; at += 4)
        {
            (uint x0, uint x1, uint x2, uint x3) = Philox.Block((ulong)(at / 4), (ulong)example, Key);
            four[0] = (x0 >> 8) * Unit24;
            four[1] = (x1 >> 8) * Unit24;
            four[2] = (x2 >> 8) * Unit24;
            four[3] = (x3 >> 8) * Unit24;
            four[..Math.Min(4, destination.Length - at)].CopyTo(destination[at..]);
        }
    }

    /// <summary>Fills with standard normal numbers (Box and Muller 1958), the same bits on every machine.</summary>
    /// <param name="destination">Filled completely.</param>
    /// <param name="example">The example the numbers belong to, at least 0.</param>
    public void FillNormal(Span<float> destination, long example = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(example);
        Span<uint> words = stackalloc uint[8];
        Span<float> eight = stackalloc float[8];
        for (int at = 0; at < destination.Length; at += 8)
        {
            (words[0], words[1], words[2], words[3]) = Philox.Block((ulong)(at / 4), (ulong)example, Key);
            (words[4], words[5], words[6], words[7]) = Philox.Block((ulong)(at / 4 + 1), (ulong)example, Key);
            // Always eight, so that a number does not depend on where its row ends.
            BoxMuller.Eight(words, eight);
            eight[..Math.Min(8, destination.Length - at)].CopyTo(destination[at..]);
        }
    }

    /// <summary>Uniform numbers in [0, 1), one row an example.</summary>
    /// <param name="examples">The ids of the examples, N of them.</param>
    /// <param name="shape">The shape of one row.</param>
    /// <param name="dtype">float32 or float64; the values are the same.</param>
    /// <param name="device">Where the tensor goes; null is the CPU.</param>
    /// <returns>(N, shape...). The caller disposes it.</returns>
    public virtual Tensor Uniform(ReadOnlySpan<long> examples, ReadOnlySpan<long> shape, ScalarType dtype = ScalarType.Float32, Device? device = null) =>
        Rows(examples, shape, dtype, device, FillUniform);

    /// <summary>Standard normal numbers, one row an example.</summary>
    /// <param name="examples">The ids of the examples, N of them.</param>
    /// <param name="shape">The shape of one row.</param>
    /// <param name="dtype">float32 or float64; the values are the same.</param>
    /// <param name="device">Where the tensor goes; null is the CPU.</param>
    /// <returns>(N, shape...). The caller disposes it.</returns>
    public virtual Tensor Normal(ReadOnlySpan<long> examples, ReadOnlySpan<long> shape, ScalarType dtype = ScalarType.Float32, Device? device = null) =>
        Rows(examples, shape, dtype, device, FillNormal);

    /// <summary>A random order of 0 .. count-1 (Fisher and Yates).</summary>
    /// <param name="count">At least 0.</param>
    public long[] Permutation(long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        long[] order = new long[count];
        for (long i = 0; i < count; i++)
            order[i] = i;
        RandomSequence draws = Sequence();
        for (long i = count - 1; i > 0; i--)
        {
            long j = draws.NextInt(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }
        return order;
    }

    /// <summary>Draws one after another, for code whose number of draws is not known beforehand.</summary>
    /// <param name="example">The example the numbers belong to, at least 0.</param>
    public RandomSequence Sequence(long example = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(example);
        return new RandomSequence(Key, (ulong)example);
    }

    private delegate void Fill(Span<float> destination, long example);

    private static Tensor Rows(ReadOnlySpan<long> examples, ReadOnlySpan<long> shape, ScalarType dtype, Device? device, Fill fill)
    {
        long row = 1;
        foreach (long side in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(side, nameof(shape));
            row = checked(row * side);
        }
        TorchRuntime.EnsureLoaded();
        float[] values = new float[checked(examples.Length * row)];
        for (int i = 0; i < examples.Length; i++)
            fill(values.AsSpan(checked((int)(i * row)), (int)row), examples[i]);
        using DisposeScope scope = NewDisposeScope();
        return tensor(values, [examples.Length, .. shape]).to(dtype, device ?? CPU).MoveToOuterDisposeScope();
    }

    private static ulong Derive(ulong key, ulong coordinate)
    {
        (uint x0, uint x1, _, _) = Philox.Block(coordinate, DerivationTag, key);
        return x0 | ((ulong)x1 << 32);
    }
}
