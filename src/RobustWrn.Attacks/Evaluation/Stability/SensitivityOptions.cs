using System.Text.Json.Serialization;
using RobustWrn.Core;

namespace RobustWrn.Attacks;

/// <summary>What a sensitivity analysis measures, and how.</summary>
public sealed record SensitivityOptions : IDescription
{
    /// <summary>Pairs sent through the network together; it changes results only by rounding. Default 128.</summary>
    public int BlockSize { get; init; } = 128;

    /// <summary>What is measured on each pair. Default: the local Lipschitz constants of Huang et al. 2021, L1 / Linf and KL / Linf, and FOSC.</summary>
    public ValueList<IPairMeasure> Measures { get; init; } = [new LocalLipschitz(), new LocalLipschitz { Output = new PredictionDivergence() }, new Fosc()];

    /// <summary>How spectral norms are found; null leaves them out. They take about as long as sending two hundred images through the network.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public PowerIteration? SpectralNorms { get; init; } = new();

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. Rule.Positive(BlockSize, most: EvaluationOptions.LargestBlock),
        .. Rule.Each(Measures, measure => measure.ProblemsAs("")),
        .. SpectralNorms is null ? [] : SpectralNorms.ProblemsAs(nameof(SpectralNorms)),
    ];
}
