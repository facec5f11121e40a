namespace RobustWrn.Attacks;

/// <summary>How far an evaluation is. Reported after each attack on each block, outside any dispose scope of the evaluation.</summary>
/// <param name="Attack">The attack that has just run.</param>
/// <param name="Done">Images it is done with, counting those that were wrong before it.</param>
/// <param name="Total">Images in all.</param>
/// <param name="Survivors">Images of the blocks so far that are still classified rightly after it.</param>
public readonly record struct EvaluationProgress(string Attack, long Done, long Total, long Survivors);
