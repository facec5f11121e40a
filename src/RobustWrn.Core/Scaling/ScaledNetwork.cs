namespace RobustWrn.Core;

/// <summary>A network that a <see cref="ScalingRule"/> found for a budget.</summary>
/// <param name="Spec">The network.</param>
/// <param name="Cost">Its exact cost for images of the rule's size.</param>
/// <param name="Budget">What it was to cost.</param>
public sealed record ScaledNetwork(WideResNetSpec Spec, NetworkCost Cost, CostBudget Budget)
{
    /// <summary>(cost - budget) / budget: 0.01 is 1 % above the budget.</summary>
    public double Gap => (Budget.Of(Cost) - Budget.Amount) / Budget.Amount;

    /// <summary>The network, its cost and how far that is from the budget.</summary>
    public override string ToString() => FormattableString.Invariant(
        $"{Spec.Name}: {Budget.Text(Budget.Of(Cost))}, {100 * Math.Abs(Gap):0.00} % {(Gap < 0 ? "below" : "above")} the budget of {Budget}");
}
