namespace RobustWrn.Core;

/// <summary>Where the elements of a tensor lie in its storage, in elements.</summary>
internal sealed record StridedLayout(long Offset, long[] Shape, long[] Strides)
{
    /// <summary>Most sides of a tensor: torch's own limit.</summary>
    public const int MaxDimensions = 64;

    /// <summary>How many elements there are.</summary>
    public long Count => Shape.Aggregate(1L, (product, side) => product * side);

    /// <summary>From the first to the last element of the storage that it touches, inclusive.</summary>
    public long Extent => Count == 0 ? 0 : Shape.Zip(Strides, (side, stride) => (side - 1) * stride).Sum() + 1;

    public bool IsContiguous
    {
        get
        {
            long expected = 1;
            for (int i = Shape.Length - 1; i >= 0; i--)
            {
                if (Shape[i] != 1 && Strides[i] != expected)
                    return Count == 0;
                expected *= Shape[i];
            }
            return true;
        }
    }

    /// <summary>Elements one after another, the last side fastest; the first where <paramref name="reversed"/>.</summary>
    public static StridedLayout Packed(long[] shape, bool reversed = false)
    {
        long[] strides = new long[shape.Length];
        long stride = 1;
        for (int i = 0; i < shape.Length; i++)
        {
            int side = reversed ? i : shape.Length - 1 - i;
            strides[side] = stride;
            stride *= Math.Max(1, shape[side]);
        }
        return new StridedLayout(0, shape, strides);
    }

    /// <summary>What is wrong with it for a storage; null for nothing. No product or sum of a layout without problems overflows.</summary>
    public string? Problem(long elements)
    {
        if (Shape.Length != Strides.Length || Shape.Length > MaxDimensions)
            return $"has {Shape.Length} sides and {Strides.Length} strides";
        if (Offset < 0 || Shape.Any(side => side < 0) || Strides.Any(stride => stride < 0))
            return "has a negative side, stride or offset";
        Int128 count = 1, last = Offset;
        for (int i = 0; i < Shape.Length; i++)
        {
            count *= Shape[i];
            last += (Int128)Math.Max(0, Shape[i] - 1) * Strides[i];
            if (count > long.MaxValue / 16 || last > long.MaxValue / 16)
                return "is larger than any memory";
        }
        if (Shape.Any(side => side == 0))
            return null;
        return last < elements ? null : $"reaches element {last} of a storage of {elements}";
    }
}
