namespace RobustWrn.Attacks;

/// <summary>What one attack did to one block.</summary>
/// <param name="Block">The block, counted from 0.</param>
/// <param name="Attack">The attack's place in the suite, counted from 0.</param>
/// <param name="Broken">The ids of the examples that were right before it and wrong after.</param>
/// <param name="Margins">What each of the examples that were right before it leads by after it, in their order.</param>
/// <param name="Run">What it took, and how far it went.</param>
internal sealed record JournalEntry(long Block, int Attack, long[] Broken, float[] Margins, AttackRun Run)
{
    /// <summary>The hash of the images that the attack returned (<see cref="Core.TensorHash"/>); null when they were not kept.</summary>
    public string? Images { get; init; }
}
