namespace RobustWrn.Search;

/// <summary>
/// Direction numbers of Sobol's sequence that make two-dimensional projections even (Joe and Kuo 2008, "Constructing Sobol sequences with
/// better two-dimensional projections", the set for criterion D(6)).
/// </summary>
internal static class SobolDirections
{
    private const int Bits = 32;

    // Of each dimension from the second on: the coefficients of its primitive polynomial, and its first numbers.
    private static readonly (int Polynomial, int[] First)[] Published =
    [
        (0, [1]), (1, [1, 3]), (1, [1, 3, 1]), (2, [1, 1, 1]), (1, [1, 1, 3, 3]), (4, [1, 3, 5, 13]), (2, [1, 1, 5, 5, 17]),
        (4, [1, 1, 5, 5, 5]), (7, [1, 1, 7, 11, 19]), (11, [1, 1, 5, 1, 1]), (13, [1, 1, 1, 3, 11]), (14, [1, 3, 5, 5, 31]),
        (1, [1, 3, 3, 9, 7, 49]), (13, [1, 1, 1, 15, 21, 21]), (16, [1, 3, 1, 13, 27, 49]), (19, [1, 1, 1, 15, 7, 5]),
        (22, [1, 3, 1, 15, 13, 25]), (25, [1, 1, 5, 5, 19, 61]), (1, [1, 3, 7, 11, 23, 15, 103]), (4, [1, 3, 7, 13, 13, 15, 69]),
        (7, [1, 1, 3, 13, 7, 35, 63]), (8, [1, 3, 5, 9, 1, 25, 53]), (14, [1, 3, 1, 13, 9, 35, 107]), (19, [1, 3, 1, 5, 27, 61, 31]),
        (21, [1, 1, 5, 11, 19, 41, 61]), (28, [1, 3, 5, 3, 3, 13, 69]), (31, [1, 1, 7, 13, 1, 19, 1]), (32, [1, 3, 7, 5, 13, 19, 59]),
        (37, [1, 1, 3, 9, 25, 29, 41]), (41, [1, 3, 5, 13, 23, 1, 55]), (42, [1, 3, 7, 3, 13, 59, 17]),
    ];

    private static readonly uint[][] All = [.. Enumerable.Range(0, Published.Length + 1).Select(Directions)];

    /// <summary>The number of dimensions that have direction numbers.</summary>
    public static int Dimensions => All.Length;

    /// <summary>One coordinate of a point of the sequence, as a fraction of 2^32.</summary>
    /// <param name="dimension">From 0.</param>
    /// <param name="index">The number of the point, from 0; point 0 is the origin.</param>
    public static uint At(int dimension, uint index)
    {
        uint[] directions = All[dimension];
        // By the Gray code of the index, which orders each block of 2^k points otherwise and leaves its points the same (Antonov and
        // Saleev 1979).
        uint gray = index ^ (index >> 1), value = 0;
        for (int bit = 0; gray != 0; bit++, gray >>= 1)
            value ^= (gray & 1) != 0 ? directions[bit] : 0;
        return value;
    }

    private static uint[] Directions(int dimension)
    {
        uint[] directions = new uint[Bits];
        if (dimension == 0)
        {
            for (int bit = 0; bit < Bits; bit++)
                directions[bit] = 1u << (Bits - 1 - bit);
            return directions;
        }
        (int polynomial, int[] first) = Published[dimension - 1];
        int degree = first.Length;
        for (int bit = 0; bit < Bits; bit++)
        {
            if (bit < degree)
            {
                directions[bit] = (uint)first[bit] << (Bits - 1 - bit);
                continue;
            }
            uint value = directions[bit - degree] ^ (directions[bit - degree] >> degree);
            for (int k = 1; k < degree; k++)
                value ^= ((polynomial >> (degree - 1 - k)) & 1) != 0 ? directions[bit - k] : 0;
            directions[bit] = value;
        }
        return directions;
    }
}
