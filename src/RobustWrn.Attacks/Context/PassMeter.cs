namespace RobustWrn.Attacks;

/// <summary>
/// Counts what models are asked on this thread while they are attacked: an image forward is one pass, an image back to the pixels two more. Evaluations measure what they cost by it, in a
/// number that does not depend on the machine. Attacks that go past <see cref="AttackedModel"/> are not seen.
/// </summary>
internal static class PassMeter
{
    // As dispose scopes and gradient modes of torch, which belong to the thread too: attacks run on one.
    [ThreadStatic]
    private static long s_passes;

    /// <summary>Passes on this thread so far.</summary>
    public static long Passes => s_passes;

    public static void Forward(long images) => s_passes += images;

    public static void Backward(long images) => s_passes += 2 * images;
}
