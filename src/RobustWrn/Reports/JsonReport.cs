using System.Text.Json;
using RobustWrn.Core;

namespace RobustWrn;

/// <summary>The whole result as JSON; <see cref="ExperimentResult.Read"/> reads it back.</summary>
public sealed record JsonReport : IReport
{
    /// <inheritdoc/>
    public string Render(ExperimentResult result) => JsonSerializer.Serialize(result, DescriptionJson.Options) + "\n";
}
