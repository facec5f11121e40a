using System.Globalization;
using System.Text;
using System.Text.Json;
using RobustWrn.Core;

namespace RobustWrn.Attacks;

/// <summary>What a sensitivity analysis found.</summary>
public sealed record SensitivityReport
{
    private const int ShownStages = 6;

    /// <summary>The version of the format written; newer ones are refused.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The version of the format.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>The network's short name.</summary>
    public string Network { get; init; } = "";

    /// <summary>The ball the perturbed images lie in.</summary>
    public ThreatModel? Threat { get; init; }

    /// <summary>What was measured, and how.</summary>
    public SensitivityOptions Options { get; init; } = new();

    /// <summary>Images that are right unchanged.</summary>
    public Proportion Clean { get; init; }

    /// <summary>Images that are right unchanged and perturbed.</summary>
    public Proportion Robust { get; init; }

    /// <summary>Images whose prediction the perturbation does not change, right or wrong: see <see cref="PerturbationStability"/>.</summary>
    public Proportion Stability { get; init; }

    /// <summary>How the perturbation grows, from the pixels through the stages to the logits.</summary>
    public ValueList<StageSensitivity> Stages { get; init; } = [];

    /// <summary>What each measure gave, in the order of the options.</summary>
    public ValueList<PairMeasurement> Measurements { get; init; } = [];

    /// <summary>The spectral norms of convolutions and linear layers, in the order of computation; empty when they were left out.</summary>
    public ValueList<LayerSpectralNorm> Layers { get; init; } = [];

    /// <summary>The spectral norms of each stage together.</summary>
    public ValueList<StageSpectralNorms> StageNorms => SpectralNorms.ByStage(Layers);

    /// <summary>As JSON, with the version.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, DescriptionJson.Options);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <param name="json">The document.</param>
    /// <param name="source">Where it came from, for error messages.</param>
    /// <exception cref="InvalidDataException">Not such a document, or one of a newer version.</exception>
    public static SensitivityReport FromJson(string json, string source = "the JSON text") =>
        VersionedJson.Read<SensitivityReport>(json, CurrentVersion, source, "sensitivity report");

    /// <summary>
    /// Accuracies, the amplification of the first stages, and the first measures: a few lines. <see cref="ToTable"/> has all.
    /// </summary>
    public override string ToString() => string.Join('\n', (string[])
    [
        string.Create(CultureInfo.InvariantCulture,
            $"{Network}, {Quantity.Of(Clean.Total, "image")}, {Threat}: clean {Clean}, robust {Robust}, stable {Stability}"),
        .. Stages.Count == 0 ? [] : (string[])[$"amplification: {Quantity.First([.. Stages.Where(stage => stage.Amplification is not null)
            .Select(stage => $"{stage.Stage} {stage.Amplification}")], ShownStages)}"],
        .. Measurements.Count == 0 ? []
            : (string[])[Quantity.First([.. Measurements.Select(measurement => measurement.ToString())], ShownStages, "; ")],
    ]);

    /// <summary>A table for readers: the stages, then the measures.</summary>
    public string ToTable()
    {
        Dictionary<string, StageSpectralNorms> norms = StageNorms.ToDictionary(stage => stage.Stage);
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{Network}, {Quantity.Of(Clean.Total, "image")}, {Threat}\n");
        text.Append(CultureInfo.InvariantCulture, $"clean {Clean}, robust {Robust}, stable {Stability}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{"stage",-10} {"relative change",-20} {"amplification",-20} {"layers",6} {"norm product",13} {"largest",8}\n");
        foreach (StageSensitivity stage in Stages)
        {
            string line = string.Create(CultureInfo.InvariantCulture, $"{stage.Stage,-10} {stage.RelativeChange,-20} {stage.Amplification,-20}");
            if (norms.TryGetValue(stage.Stage, out StageSpectralNorms? norm))
                line += string.Create(CultureInfo.InvariantCulture, $" {norm.Layers,6} {norm.Product,13:g4} {norm.Maximum,8:g4}");
            text.Append(line.TrimEnd()).Append('\n');
        }
        if (Measurements.Count > 0)
            text.Append('\n');
        foreach (PairMeasurement measurement in Measurements)
            text.Append(CultureInfo.InvariantCulture, $"{measurement.Measure.Name}: {measurement.Values} (median {measurement.Values.Median:g4}, from {measurement.Values.Minimum:g4} to {measurement.Values.Maximum:g4})\n");
        int unfinished = Layers.Count(layer => !layer.Norm.Converged);
        if (unfinished > 0)
            text.Append(CultureInfo.InvariantCulture, $"{unfinished} of {Layers.Count} spectral norms did not converge and are lower bounds: raise {nameof(PowerIteration.MaxSteps)} of {nameof(SensitivityOptions)}.{nameof(SensitivityOptions.SpectralNorms)}.\n");
        return text.ToString();
    }
}
