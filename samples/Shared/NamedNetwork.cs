using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using RobustWrn.Core;

namespace RobustWrn.Samples;

/// <summary>
/// Networks as command lines name them: a preset, WRN-depth-widen, or a JSON file. A name goes before a file that is called so.
/// </summary>
internal static partial class NamedNetwork
{
    /// <summary>The ways to name one, for messages and help.</summary>
    public const string Ways = "a preset (WRN-28-10, WRN-34-R, ResNet-18), WRN-depth-widen (WRN-16-4), or a JSON file";

    private const int DeepestNamed = 10_000;

    /// <summary>The network of a name. One that is named gets the classes asked for; a file says its own, where nothing is asked.</summary>
    /// <param name="name">The name.</param>
    /// <param name="subject">What it is, for messages: <c>--spec</c>.</param>
    /// <param name="problems">Takes what is wrong.</param>
    /// <returns>Null when something is.</returns>
    public static INetworkSpec? Find(string name, string subject, List<string> problems)
    {
        if (NetworkPresets.Find(name) is { } preset)
            return preset.Spec;
        if (Wrn().Match(name) is { Success: true } match)
            return OfNumbers(name, match.Groups[1].Value, match.Groups[2].Value, subject, problems);
        if (!File.Exists(name))
        {
            string presets = string.Join(", ", NetworkPresets.All.Select(known => known.Name));
            problems.Add($"{subject} must be WRN-depth-widen (WRN-16-4), a preset ({presets}) or a JSON file, "
                + $"got {CommandLine.Shown(name)}, which is none of them.");
            return null;
        }
        try
        {
            return DescriptionJson.Read<INetworkSpec>(File.ReadAllText(name), name);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            problems.Add($"{subject}: {e.Message}");
            return null;
        }
    }

    /// <summary>Whether a name is that of a file, which says its classes itself.</summary>
    public static bool IsFile(string name) => NetworkPresets.Find(name) is null && !Wrn().IsMatch(name);

    /// <summary>The network with as many classes. Any spec has them in its JSON, whatever kind of network it describes.</summary>
    public static INetworkSpec WithClasses(INetworkSpec spec, int classes)
    {
        JsonNode document = JsonNode.Parse(DescriptionJson.Write(spec))!;
        document["classes"] = classes;
        return DescriptionJson.Read<INetworkSpec>(document.ToJsonString());
    }

    private static WideResNetSpec? OfNumbers(string name, string depth, string widen, string subject, List<string> problems)
    {
        if (Number(depth) > DeepestNamed)
        {
            problems.Add($"{subject} {CommandLine.Shown(name)}: depth must be at most {DeepestNamed}. "
                + "The published networks have 10 to 106 layers.");
            return null;
        }
        try
        {
            return WideResNetSpec.Wrn(Number(depth), Number(widen));
        }
        catch (ArgumentOutOfRangeException e)
        {
            problems.Add($"{subject} {CommandLine.Shown(name)}: {e.Message.Split(" (Parameter")[0]}");
            return null;
        }
    }

    // Beyond every bound, and refused.
    private static int Number(string digits) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : int.MaxValue;

    [GeneratedRegex(@"^WRN-(\d+)-(\d+)\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Wrn();
}
