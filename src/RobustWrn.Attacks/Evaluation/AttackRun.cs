namespace RobustWrn.Attacks;

/// <summary>What one attack took, and how far it went.</summary>
/// <param name="Duration">Its time, with the classification of what it returned.</param>
/// <param name="Passes">Forward passes of an image, each backward pass counted as two; with the classification.</param>
/// <param name="Farthest">The farthest it moved an image, as <see cref="AttackTally.Farthest"/>.</param>
internal readonly record struct AttackRun(TimeSpan Duration, long Passes, double? Farthest)
{
    public static AttackRun operator +(AttackRun left, AttackRun right) =>
        new(left.Duration + right.Duration, left.Passes + right.Passes, left.Farthest > right.Farthest ? left.Farthest : right.Farthest ?? left.Farthest);
}
