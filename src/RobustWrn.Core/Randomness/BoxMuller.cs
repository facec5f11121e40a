using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RobustWrn.Core;

/// <summary>
/// Uniform words to standard normal numbers (Box and Muller 1958): sqrt(-2 ln u) * (cos 2 pi v, sin 2 pi v).
/// Logarithm, sine and cosine are series of additions, multiplications and one division, lane by lane, which IEEE 754 fixes to the bit,
/// so that the numbers are the same on every processor and operating system; their mathematical libraries round each its own way.
/// The series are exact to about 1e-11, a float32 to 6e-8.
/// </summary>
internal static class BoxMuller
{
    private const double Unit = 1.0 / 4_294_967_296.0; // 2^-32
    private const double Ln2 = 0.693147180559945309417;
    private const double Sqrt2 = 1.41421356237309504880;

    /// <summary>Eight words, pair by pair u and v, to eight numbers, pair by pair cosine and sine.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Eight(ReadOnlySpan<uint> words, Span<float> numbers)
    {
        Vector256<double> radius = Vector256.Sqrt(-2.0 * Log((Vector256.Create((double)words[0], words[2], words[4], words[6]) + Vector256.Create(0.5)) * Unit));
        // The nearest multiple of a quarter turn, and the rest in (-1/8, 1/8) turn: exact in integers.
        uint q0 = Quarter(words[1]), q1 = Quarter(words[3]), q2 = Quarter(words[5]), q3 = Quarter(words[7]);
        Vector256<double> rest = Vector256.Create((double)Rest(words[1], q0), Rest(words[3], q1), Rest(words[5], q2), Rest(words[7], q3));
        Vector256<double> angle = (rest + Vector256.Create(0.5)) * (Unit * 2 * Math.PI);
        Vector256<double> sin = radius * Sin(angle), cos = radius * Cos(angle);
        // cos: c, -s, -c, s and sin: s, c, -s, -c in the four quarters.
        Vector256<long> quarter = Vector256.Create((long)q0, q1, q2, q3), odd = Vector256.Equals(quarter & Vector256<long>.One, Vector256<long>.One);
        Vector256<long> cosSign = ((quarter + Vector256<long>.One) & Vector256.Create(2L)) << 62, sinSign = (quarter & Vector256.Create(2L)) << 62;
        Vector256<double> first = (Vector256.ConditionalSelect(odd.AsDouble(), sin, cos).AsInt64() ^ cosSign).AsDouble();
        Vector256<double> second = (Vector256.ConditionalSelect(odd.AsDouble(), cos, sin).AsInt64() ^ sinSign).AsDouble();
        Vector256<float> both = Vector256.Narrow(first, second);
        for (int i = 0; i < 4; i++)
        {
            numbers[2 * i] = both[i];
            numbers[2 * i + 1] = both[i + 4];
        }
    }

    private static uint Quarter(uint v) => unchecked(v + (1u << 29)) >> 30;

    private static int Rest(uint v, uint quarter) => unchecked((int)(v - (quarter << 30)));

    /// <summary>x = m 2^e with m in [1/sqrt 2, sqrt 2); ln m = 2 artanh s with s = (m - 1) / (m + 1), |s| at most 0.172.</summary>
    private static Vector256<double> Log(Vector256<double> x)
    {
        Vector256<long> bits = x.AsInt64();
        Vector256<double> m = ((bits & Vector256.Create(0x000F_FFFF_FFFF_FFFF)) | Vector256.Create(0x3FF0_0000_0000_0000)).AsDouble();
        Vector256<double> large = Vector256.GreaterThanOrEqual(m, Vector256.Create(Sqrt2));
        m = Vector256.ConditionalSelect(large, m * 0.5, m);
        Vector256<double> exponent = Vector256.ConvertToDouble((bits >>> 52) - Vector256.Create(1023L)) + (large & Vector256<double>.One);
        Vector256<double> s = (m - Vector256<double>.One) / (m + Vector256<double>.One), z = s * s;
        return exponent * Ln2 + s * Series(z, [2 / 13.0, 2 / 11.0, 2 / 9.0, 2 / 7.0, 2 / 5.0, 2 / 3.0, 2]);
    }

    // Taylor series, |x| at most pi/4.
    private static Vector256<double> Sin(Vector256<double> x) =>
        x * Series(x * x, [-1 / 39_916_800.0, 1 / 362_880.0, -1 / 5_040.0, 1 / 120.0, -1 / 6.0, 1]);

    private static Vector256<double> Cos(Vector256<double> x) =>
        Series(x * x, [1 / 479_001_600.0, -1 / 3_628_800.0, 1 / 40_320.0, -1 / 720.0, 1 / 24.0, -1 / 2.0, 1]);

    /// <summary>Horner's scheme, the highest power's coefficient first. Never a fused multiply-add: not every processor has one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Series(Vector256<double> z, ReadOnlySpan<double> coefficients)
    {
        Vector256<double> sum = Vector256.Create(coefficients[0]);
        for (int i = 1; i < coefficients.Length; i++)
            sum = sum * z + Vector256.Create(coefficients[i]);
        return sum;
    }
}
