namespace RobustWrn.Attacks;

/// <summary>
/// Counts what models are asked on this thread while they are attacked: an image forward is one pass, an image back to the pixels two more, a followed change the share of the work that it
/// takes. Evaluations measure what they cost by it, in a number that does not depend on the machine. Attacks that go past <see cref="AttackedModel"/> are not seen.
/// </summary>
internal static class PassMeter
{
    // Whole numbers add up to the same whatever was counted before, so that a resumed evaluation counts what a whole one does.
    private const long Parts = 1_024;

    // As dispose scopes and gradient modes of torch, which belong to the thread too: attacks run on one.
    [ThreadStatic]
    private static long _parts;

    /// <summary>A moment to count from.</summary>
    public static long Now => _parts;

    /// <summary>Passes since a moment, rounded up.</summary>
    public static long Since(long moment) => (_parts - moment + Parts - 1) / Parts;

    /// <summary>The moment at which so many passes more will have been taken.</summary>
    public static long After(long passes) => _parts + passes * Parts;

    /// <summary>Passes until a moment, rounded down; 0 when it has gone.</summary>
    public static long Until(long moment) => Math.Max(0, moment - _parts) / Parts;

    public static void Forward(long images) => _parts += images * Parts;

    public static void Backward(long images) => _parts += 2 * images * Parts;

    /// <summary>A pass of images that takes a share of the work.</summary>
    public static void Followed(long images, double share) => _parts += (long)(images * share * Parts);
}
