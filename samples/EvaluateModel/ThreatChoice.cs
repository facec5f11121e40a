using System.Globalization;
using RobustWrn.Core;

namespace EvaluateModel;

/// <summary>Norm and radius: <c>--norm linf --eps 8/255</c>.</summary>
public sealed record ThreatChoice(string Norm, string? Epsilon)
{
    /// <summary>The threat model, or null and what is wrong.</summary>
    public ThreatModel? Open(List<string> problems)
    {
        bool linf = Norm.Equals("linf", StringComparison.OrdinalIgnoreCase);
        if (!linf && !Norm.Equals("l2", StringComparison.OrdinalIgnoreCase))
        {
            problems.Add($"--norm must be linf or l2, got {Norm}.");
            return null;
        }
        string text = Epsilon ?? (linf ? "8/255" : "0.5");
        if (Parse(text) is not { } radius)
            problems.Add($"--eps must be a number or a fraction, got {text}. Write --eps 8/255, or --eps 0.031.");
        else if (linf && radius is not (> 0 and <= 1))
            problems.Add($"--eps must be in (0, 1] for linf, got {text}. Pixels are in [0, 1]: write --eps {text}/255.");
        else if (!(radius > 0 && double.IsFinite(radius)))
            problems.Add($"--eps must be above 0, got {text}. Pixels are in [0, 1]: write --eps 0.5, or --eps 128/255.");
        else
            return linf ? ThreatModel.Linf(radius) : ThreatModel.L2(radius);
        return null;
    }

    private static double? Parse(string text)
    {
        string[] parts = text.Split('/');
        if (parts.Length > 2 || !Number(parts[0], out double value))
            return null;
        if (parts.Length == 1)
            return value;
        return Number(parts[1], out double unit) ? value / unit : null;
    }

    private static bool Number(string text, out double value) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
}
