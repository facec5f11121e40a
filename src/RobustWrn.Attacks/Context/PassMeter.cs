namespace RobustWrn.Attacks;

/// <summary>
/// Counts what models are asked on this thread while they are attacked: an image forward is one pass, an image back to the pixels two more. Evaluations measure what they cost by it, in a
/// number that does not depend on the machine. Attacks that go past <see cref="AttackedModel"/> are not seen.
/// </summary>
internal static class PassMeter
{
    // As dispose scopes and gradient modes of torch, which belong to the thread too: attacks run on one.
    [ThreadStatic]
    private static long _passes;

    /// <summary>Passes on this thread so far.</summary>
    public static long Passes => _passes;

    public static void Forward(long images) => _passes += images;

    public static void Backward(long images) => _passes += 2 * images;
}
