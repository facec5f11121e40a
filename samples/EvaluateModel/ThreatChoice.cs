using System.Globalization;
using RobustWrn.Core;
using RobustWrn.Samples;

namespace EvaluateModel;

/// <summary>Norm and radius: <c>--norm linf --eps 8/255</c>, or several: <c>--eps-curve 2/255,4/255,8/255</c>.</summary>
public sealed record ThreatChoice(string Norm, string? Epsilon, string? Curve)
{
    // The radii that tables are made for; 12 is that of AutoAttack's version for L1. Other norms have none that everybody takes.
    private static readonly Dictionary<string, string> UsualRadii = new() { ["linf"] = "8/255", ["l2"] = "0.5", ["l1"] = "12" };

    /// <summary>The threat model, of the largest radius where there are several; or null and what is wrong.</summary>
    public ThreatModel? Open(List<string> problems)
    {
        IReadOnlyDictionary<string, Type> norms = DescriptionTypes.Implementing(typeof(ThreatModel));
        string name = Norm.ToLowerInvariant();
        if (!norms.TryGetValue(name, out Type? type))
        {
            problems.Add($"--norm must be of {string.Join(", ", UsualRadii.Keys.Union(norms.Keys))}, got {CommandLine.Shown(Norm)}. Write --norm linf.");
            return null;
        }
        ThreatModel norm = (ThreatModel)Activator.CreateInstance(type)!;
        if (Curve is null)
        {
            if ((Epsilon ?? UsualRadii.GetValueOrDefault(name)) is { } text)
                return Radius("--eps", text, norm, problems) is { } radius ? norm with { Epsilon = radius } : null;
            problems.Add($"--eps must be given for {name}, which has no usual radius. Write --eps 0.5.");
            return null;
        }
        if (Epsilon is not null)
            problems.Add($"--eps must not be given together with --eps-curve, got {Epsilon} and {Curve}. Leave one out.");
        double?[] radii = [.. Curve.Split(',').Select(text => Radius("--eps-curve", text.Trim(), norm, problems))];
        return radii.Contains(null) ? null : norm with { Epsilon = radii.Max()!.Value };
    }

    /// <summary>The radii of a curve, once <see cref="Open"/> found nothing wrong with them; null when one radius is asked for.</summary>
    public double[]? Radii => Curve is null ? null : [.. Curve.Split(',').Select(text => Parse(text.Trim())!.Value)];

    private static double? Radius(string option, string text, ThreatModel unit, List<string> problems)
    {
        // Where no two images of any size are farther apart than 1, a radius above it is one in levels.
        bool levels = unit.Diameter(1_000_000) <= 1, fraction = text.Contains('/', StringComparison.Ordinal);
        string shown = CommandLine.Shown(text);
        string example = levels ? $"Write {option} 8/255, or {option} 0.031." : $"Write {option} 0.5, or {option} 128/255.";
        if (Parse(text) is not { } radius)
            problems.Add($"{option} must be a number or a fraction, got {shown}. {example}");
        else if (!double.IsFinite(radius))
            problems.Add($"{option} must be a finite number{(fraction ? ", and nothing is divided by 0" : "")}, got {shown}. {example}");
        else if (radius <= 0)
            problems.Add($"{option} must be above 0, got {shown}. Pixels are in [0, 1]. {example}");
        else if (levels && radius > 1)
            problems.Add($"{option} must be in (0, 1] for {unit.Norm}, got {shown}. Pixels are in [0, 1]: "
                + $"write {option} {(radius <= 255 && !fraction ? $"{text}/255" : "8/255")}.");
        else
            return radius;
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

    private static bool Number(string text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
}
