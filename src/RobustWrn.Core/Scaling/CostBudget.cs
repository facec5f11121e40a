namespace RobustWrn.Core;

/// <summary>How much a network may cost: so many multiply-adds for an image, or so many parameters.</summary>
public readonly record struct CostBudget
{
    private readonly bool _ofParameters;

    private CostBudget(double amount, bool ofParameters)
    {
        if (!double.IsFinite(amount) || amount < 1)
            throw new ArgumentOutOfRangeException(nameof(amount), FormattableString.Invariant($"a budget must be a finite number of at least 1, got {amount}. Write CostBudget.MultiplyAdds(5e9) for 5 GMACs."));
        (Amount, _ofParameters) = (amount, ofParameters);
    }

    /// <summary>The number of multiply-adds or parameters.</summary>
    public double Amount { get; }

    /// <summary>Multiply-adds of convolutions and linear layers for one image: <c>CostBudget.MultiplyAdds(5e9)</c> is 5 GMACs.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not a finite number of at least 1.</exception>
    public static CostBudget MultiplyAdds(double amount) => new(amount, ofParameters: false);

    /// <summary>Learned numbers: <c>CostBudget.Parameters(36.5e6)</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not a finite number of at least 1.</exception>
    public static CostBudget Parameters(double amount) => new(amount, ofParameters: true);

    /// <summary>What a network costs in the unit of the budget.</summary>
    public long Of(NetworkCost cost)
    {
        ArgumentNullException.ThrowIfNull(cost);
        return _ofParameters ? cost.Parameters : cost.MultiplyAdds;
    }

    /// <summary>The amount in short and its unit: 5.00 G MACs.</summary>
    public override string ToString() => Text(Amount);

    internal string Text(double amount) => $"{NetworkDescription.Short(amount)} {(_ofParameters ? "parameters" : "MACs")}";
}
