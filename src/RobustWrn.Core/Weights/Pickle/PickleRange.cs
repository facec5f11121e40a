namespace RobustWrn.Core;

/// <summary>Bytes of a pickle that were left in the file, because they are many.</summary>
/// <param name="Position">Where they begin in the file.</param>
/// <param name="Count">How many there are.</param>
internal sealed record PickleRange(long Position, long Count);
