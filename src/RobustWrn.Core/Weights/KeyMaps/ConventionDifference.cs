namespace RobustWrn.Core;

/// <summary>
/// In what the code that weights come from computes otherwise than the network they are loaded into: names and shapes fit, the logits are
/// others.
/// </summary>
/// <param name="Text">The convention there and the one here.</param>
/// <param name="IsCertain">
/// Whether that code always computes so. Such weights are refused unless the caller names the key map (<see cref="WeightsOptions.Names"/>);
/// what is likely is a warning (<see cref="WeightsReport.Warnings"/>).
/// </param>
public sealed record ConventionDifference(string Text, bool IsCertain)
{
    /// <summary>The text.</summary>
    public override string ToString() => Text;
}
