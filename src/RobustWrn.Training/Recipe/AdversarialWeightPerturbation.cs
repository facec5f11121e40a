using RobustWrn.Core;

namespace RobustWrn.Training;

/// <summary>
/// Adversarial weight perturbation (Wu et al. 2020, arXiv 2004.05884): before each step the weights move in the direction in which the
/// loss on the attacked images grows; the gradient is taken there; and after the optimiser's step the move is taken back.
/// </summary>
/// <remarks>
/// Each weight w with two or more dimensions moves by <c>gamma * |w| * g / |g|</c>, g its gradient (the published code adds 1e-20 to |g|);
/// norms and biases stay. The pass that finds the direction leaves no trace in the
/// statistics of batch norm. A step costs one forward and backward pass more, and no attack more.
/// </remarks>
public sealed record AdversarialWeightPerturbation : IDescription
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "adversarial-weight-perturbation";

    /// <summary>
    /// The length of a move in lengths of its weight. Default 0.01, of Wu et al. 2020 for adversarial training;
    /// for TRADES they take 0.005.
    /// </summary>
    public double Gamma { get; init; } = 0.01;

    /// <summary>The first epoch with it, from 0. Default 0; Wu et al. 2020 begin after 10 epochs for TRADES.</summary>
    public int FromEpoch { get; init; }

    /// <summary>The settings of Wu et al. 2020 for TRADES: gamma 0.005, from epoch 10 on.</summary>
    public static AdversarialWeightPerturbation ForTrades { get; } = new() { Gamma = 0.005, FromEpoch = 10 };

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [.. Rule.Positive(Gamma), .. Rule.NotNegative(FromEpoch)];
}
