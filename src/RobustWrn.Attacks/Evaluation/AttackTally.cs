namespace RobustWrn.Attacks;

/// <summary>What one attack of a suite did.</summary>
/// <param name="Name">The attack.</param>
/// <param name="CorrectBefore">Images that were right when it came.</param>
/// <param name="CorrectAfter">Images that were right when it had gone.</param>
/// <param name="Duration">Its time, with the classification of what it returned.</param>
public sealed record AttackTally(string Name, long CorrectBefore, long CorrectAfter, TimeSpan Duration);
