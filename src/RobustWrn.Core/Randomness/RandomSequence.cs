namespace RobustWrn.Core;

/// <summary>
/// Draws from a <see cref="RandomStream"/> one after another. Not thread-safe; two sequences of one stream draw the same numbers.
/// </summary>
public sealed class RandomSequence
{
    private readonly ulong _key, _example;
    private readonly uint[] _words = new uint[4];
    private ulong _block;
    private int _used = 4;

    internal RandomSequence(ulong key, ulong example) => (_key, _example) = (key, example);

    /// <summary>32 random bits.</summary>
    public uint NextUInt32()
    {
        if (_used == 4)
        {
            (_words[0], _words[1], _words[2], _words[3]) = Philox.Block(_block++, _example, _key);
            _used = 0;
        }
        return _words[_used++];
    }

    /// <summary>64 random bits.</summary>
    public ulong NextUInt64() => NextUInt32() | ((ulong)NextUInt32() << 32);

    /// <summary>A uniform number in [0, 1), a multiple of 2^-53.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / 9_007_199_254_740_992.0);

    /// <summary>A whole number in [0, bound), without bias (rejection).</summary>
    /// <param name="bound">At least 1.</param>
    public long NextInt(long bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        ulong range = (ulong)bound;
        ulong limit = ulong.MaxValue - (ulong.MaxValue % range + 1) % range;
        ulong draw;
        do
            draw = NextUInt64();
        while (draw > limit);
        return (long)(draw % range);
    }
}
