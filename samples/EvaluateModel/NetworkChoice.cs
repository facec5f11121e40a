using System.Globalization;
using RobustWrn.Core;
using RobustWrn.Samples;

namespace EvaluateModel;

/// <summary>The network: a preset, a JSON file, or numbers.</summary>
public sealed record NetworkChoice(string? Spec, int? Stem, string? Depths, string? Channels, int? Classes)
{
    /// <summary>The option that names the weights, for messages.</summary>
    public string WeightsOption { get; init; } = "--weights";

    /// <summary>The option that names the network, for messages.</summary>
    public string SpecOption { get; init; } = "--spec";

    /// <summary>What the network takes off each channel before anything else; null takes what the network says itself.</summary>
    public string? Mean { get; init; }

    /// <summary>What it divides each channel by then.</summary>
    public string? Deviation { get; init; }

    /// <summary>Which of the weights are taken.</summary>
    public WeightsChoice From { get; init; } = new();

    private bool HasNumbers => Stem is not null || Depths is not null || Channels is not null;

    /// <summary>The network with its weights, or null and what is wrong.</summary>
    public Classifier? Open(string? weights, List<string> problems, List<string> notes)
    {
        int before = problems.Count;
        WeightsOptions options = From.Options(problems);
        INetworkSpec? spec = Describe(problems);
        if (weights is null)
            problems.Add($"{WeightsOption} must name a weights file (safetensors or .pth), got nothing.");
        else if (!File.Exists(weights))
            problems.Add($"{WeightsOption} must name a weights file (safetensors or .pth), but there is no file {weights}.");
        if (problems.Count > before)
            return null;
        Classifier? classifier = null;
        try
        {
            if (spec is null)
            {
                classifier = NetworkWeights.Open(weights!, out WeightsReport opened, options);
                notes.AddRange(Notes(opened));
                return classifier;
            }
            if (Normalized(spec, problems) is not { } normalized)
                return null;
            classifier = normalized.Build(0);
            notes.AddRange(Notes(NetworkWeights.Load(classifier, weights!, options)));
            classifier.eval();
            return classifier;
        }
        catch (Exception e) when (e is InvalidDataException or InvalidDescriptionException or IOException or UnauthorizedAccessException
            or ArgumentException { ParamName: "options" })
        {
            classifier?.Dispose();
            problems.Add(e.Message);
            return null;
        }
    }

    private IEnumerable<string> Notes(WeightsReport report) =>
        [$"{WeightsOption}: {report}", .. report.Warnings.Select(warning => $"Warning: {WeightsOption}: {warning}")];

    private INetworkSpec? Normalized(INetworkSpec spec, List<string> problems)
    {
        if (Mean is null && Deviation is null)
            return spec;
        int before = problems.Count;
        double[] mean = Numbers(Mean, "--mean", problems), deviation = Numbers(Deviation, "--std", problems);
        if (problems.Count > before)
            return null;
        if (spec.WithNormalization(new Normalization { Mean = [.. mean], Std = [.. deviation] }) is not { } normalized)
        {
            problems.Add($"--mean and --std must be left out for {spec.Name}, which has no place for them.");
            return null;
        }
        problems.AddRange(normalized.Problems().Select(problem => problem.ToString()));
        return problems.Count > before ? null : normalized;
    }

    private static double[] Numbers(string? text, string option, List<string> problems)
    {
        double[] numbers = [.. (text?.Split(',') ?? []).Select(part => double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : double.NaN)];
        if (numbers.Length == 0 || numbers.Any(double.IsNaN))
            problems.Add($"{option} must be one number for each channel with commas between them, for pixels in [0, 1], and comes together with the other of --mean and --std, got {text ?? "nothing"}. Write {option} {(option == "--mean" ? "0.4914,0.4822,0.4465" : "0.2471,0.2435,0.2616")}.");
        return numbers;
    }

    private INetworkSpec? Describe(List<string> problems)
    {
        if (Spec is null && !HasNumbers && (Mean ?? Deviation) is not null)
            problems.Add("--mean and --std must come with --spec or with --stem, --depths, --channels: a weights file that carries its network carries its normalisation. Leave them out.");
        if (Spec is not null && HasNumbers)
            problems.Add("--spec must not be given together with --stem, --depths or --channels: they say the same thing twice. Leave one out.");
        else if (HasNumbers)
            return FromNumbers(problems);
        else if (Spec is not null)
            return FromName(Spec, problems);
        else if (Classes is not null)
            problems.Add($"--classes must come with a preset or with --stem, --depths, --channels, got {Classes} alone. Add --spec.");
        return null;
    }

    private INetworkSpec? FromName(string name, List<string> problems)
    {
        if (NamedNetwork.Find(name, SpecOption, problems) is not { } spec)
            return null;
        if (!NamedNetwork.IsFile(name))
            return Checked(spec, problems);
        if (Classes is not null)
            problems.Add($"--classes must not be given with a spec file, which says it itself, got {Classes}. Leave it out.");
        return spec;
    }

    private INetworkSpec? FromNumbers(List<string> problems)
    {
        int before = problems.Count;
        int[] depths = List(Depths, "--depths", "5,5,5", problems), channels = List(Channels, "--channels", "320,640,512", problems);
        if (Stem is null)
            problems.Add("--stem must be given with --depths and --channels, got nothing. Write --stem 16.");
        if (depths.Length != channels.Length && problems.Count == before)
            problems.Add($"--depths and --channels must have one number for each stage, got {depths.Length} and {channels.Length}.");
        return problems.Count > before ? null : Checked(WideResNetSpec.Of(Stem!.Value, depths, channels), problems);
    }

    private INetworkSpec Checked(INetworkSpec spec, List<string> problems)
    {
        if (Classes is not null)
            spec = NamedNetwork.WithClasses(spec, Classes.Value);
        problems.AddRange(spec.Problems().Select(problem => problem.ToString()));
        return spec;
    }

    private static int[] List(string? text, string option, string example, List<string> problems)
    {
        string[] parts = text?.Split(',') ?? [];
        int[] numbers = [.. parts.Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : -1)];
        if (numbers.Length == 0 || numbers.Contains(-1))
            problems.Add($"{option} must be whole numbers with commas between them, got {text ?? "nothing"}. Write {option} {example}.");
        return numbers;
    }
}
