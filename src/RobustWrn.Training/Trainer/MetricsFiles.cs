using System.Globalization;
using System.Text;
using System.Text.Json;
using RobustWrn.Core;

namespace RobustWrn.Training;

/// <summary>
/// The epochs of a training as tables for other programs: <c>metrics.csv</c>, <c>metrics.jsonl</c> and a file for TensorBoard,
/// each written as a whole, so that a resumed run leaves no line twice.
/// </summary>
internal static class MetricsFiles
{
    private static readonly JsonSerializerOptions OneLine = new(DescriptionJson.Options) { WriteIndented = false };

    public static void Write(string folder, IReadOnlyList<EpochMetrics> epochs)
    {
        Directory.CreateDirectory(folder);
        AtomicFile.WriteText(Path.Combine(folder, "metrics.csv"), Csv(epochs));
        TensorBoardFile.Write(Path.Combine(folder, TensorBoardFile.Name), epochs);
        AtomicFile.WriteText(Path.Combine(folder, "metrics.jsonl"), string.Concat(epochs.Select(epoch => JsonSerializer.Serialize(epoch, OneLine) + "\n")));
    }

    private static string Csv(IReadOnlyList<EpochMetrics> epochs)
    {
        string[] parts = [.. epochs.SelectMany(epoch => epoch.Parts.Select(part => part.Name)).Distinct()];
        StringBuilder text = new();
        Line(["epoch", "loss", .. parts.Select(part => $"loss_{part}"), "learning_rate", "gradient_norm", "validation_images", "clean", "robust", "average_clean", "average_robust",
            "seconds", "data_seconds", "attack_seconds", "update_seconds", "validation_seconds"]);
        foreach (EpochMetrics epoch in epochs)
        {
            Line([Text(epoch.Epoch), Text(epoch.Loss), .. parts.Select(part => epoch.Parts.Where(own => own.Name == part).Select(own => Text(own.Mean)).FirstOrDefault("")),
                Text(epoch.LearningRate), Text(epoch.GradientNorm), Text(epoch.Clean.Total), Text(epoch.Clean.Value), Text(epoch.Robust.Value),
                Text(epoch.Average?.Clean.Value), Text(epoch.Average?.Robust.Value), Text(epoch.Elapsed.TotalSeconds),
                Text(epoch.Times?.Data.TotalSeconds), Text(epoch.Times?.Attack.TotalSeconds), Text(epoch.Times?.Update.TotalSeconds), Text(epoch.Times?.Validation.TotalSeconds)]);
        }
        return text.ToString();

        // A user's objective may name its terms as it likes.
        void Line(IEnumerable<string> cells) => text.Append(CsvLine.Of(cells));
    }

    private static string Text(double? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";
}
