using RobustWrn.Core;

namespace RobustWrn.Training;

/// <summary>
/// An exponential moving average of the weights, kept as a shadow beside the training, which it does not change.
/// It is judged on validation and selected as the weights are.
/// </summary>
/// <remarks>
/// The decay is min(<see cref="Decay"/>, (1 + k) / (10 + k)) after k steps since the warm-up, before whose end the average is a plain
/// copy (Gowal et al. 2020, arXiv 2010.03593; Rebuffi et al. 2021, arXiv 2103.01946; Lu et al. 2022, arXiv 2212.11005).
/// </remarks>
public sealed record WeightAverage : IDescription
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "weight-average";

    /// <summary>The largest decay, in [0, 1). Default 0.995 (Gowal et al. 2020; Rebuffi et al. 2021).</summary>
    public double Decay { get; init; } = 0.995;

    /// <summary>
    /// Lets the decay grow to its largest value as above. Default: yes (Gowal et al. 2020); else it is that value from the end of the
    /// warm-up on.
    /// </summary>
    public bool Grows { get; init; } = true;

    /// <summary>The share of the training during which the average is a plain copy, in [0, 1). Default 0.025 (Gowal et al. 2020).</summary>
    public double WarmUp { get; init; } = 0.025;

    /// <summary>
    /// Averages buffers, the statistics of batch norm, every step as the weights are (Lu et al. 2022). Default:
    /// no, those of the network are copied at the end of each epoch (Gowal et al. 2020; Rebuffi et al. 2021).
    /// </summary>
    public bool AveragesBuffers { get; init; }

    /// <summary>The share of the average so far that stays at a step.</summary>
    /// <param name="step">Steps taken, this one included: 1 at the first.</param>
    /// <param name="warmUpSteps">Steps before which the average is a plain copy.</param>
    /// <returns>0 before the end of the warm-up.</returns>
    public double DecayAt(long step, double warmUpSteps)
    {
        double since = step - warmUpSteps;
        return since < 0 ? 0 : Grows ? Math.Min(Decay, (1 + since) / (10 + since)) : Decay;
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [.. Rule.InHalfOpen(Decay, 0, 1), .. Rule.InHalfOpen(WarmUp, 0, 1)];
}
