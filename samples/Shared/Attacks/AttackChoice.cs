using System.Text.Json.Nodes;
using RobustWrn.Attacks;
using RobustWrn.Core;

namespace RobustWrn.Samples;

/// <summary>The attacks: <c>--attack pgd --steps 20 --restarts 5</c>, <c>--attack autoattack</c>, or <c>--suite FILE.json</c>.</summary>
public sealed record AttackChoice(IReadOnlyList<string> Names, string? SuiteFile, int? Steps, int? Restarts)
{
    private const string Default = "pgd";

    /// <summary>The suite, or null and what is wrong.</summary>
    public AttackSuite? Open(ThreatModel? threat, List<string> problems)
    {
        int before = problems.Count;
        problems.AddRange(WholeNumber.Within(Steps, 1, int.MaxValue, "--steps"));
        problems.AddRange(WholeNumber.Within(Restarts, 1, int.MaxValue, "--restarts"));
        AttackSuite? suite = SuiteFile is null ? FromNames(threat, problems) : FromFile(SuiteFile, problems);
        return problems.Count > before ? null : suite;
    }

    private AttackSuite? FromFile(string file, List<string> problems)
    {
        if (Names.Count > 0)
            problems.Add($"--suite must not be given together with --attack, got {file} and {string.Join(", ", Names)}. Leave one out.");
        if (Steps is not null || Restarts is not null)
            problems.Add($"--steps and --restarts must not be given with --suite, which says them itself. Write them into {file}.");
        try
        {
            AttackSuite suite = DescriptionJson.Read<AttackSuite>(File.ReadAllText(file), file);
            problems.AddRange(suite.Problems().Select(problem => $"--suite {file}: {problem}"));
            return suite;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            problems.Add($"--suite must name a file with a suite of attacks as JSON: {e.Message}");
            return null;
        }
    }

    private AttackSuite? FromNames(ThreatModel? threat, List<string> problems)
    {
        string[] names =
        [
            .. Names.DefaultIfEmpty(Default).SelectMany(name => name.Split(',', StringSplitOptions.RemoveEmptyEntries))
                .Select(name => name.Trim().ToLowerInvariant()),
        ];
        AttackSuite?[] parts = [.. names.Select(name => AttackNames.Find(name, threat))];
        problems.AddRange(names.Zip(parts).Where(pair => pair.Second is null)
            .Select(pair => $"--attack must be of {string.Join(", ", AttackNames.Known)}, got {pair.First}."));
        if (names.Length == 0)
            problems.Add("--attack must name at least one attack, got none.");
        if (threat is { Norm: not ("linf" or "l2") } && names.Contains("cw"))
        {
            problems.Add("--attack cw must be run in linf or l2, the norms it is published for, "
                + $"got {threat.Norm}. Write --attack apgd-ce.");
        }
        if (parts.Contains(null) || names.Length == 0)
            return null;
        // A suite's name stands for its constants: only attacks named one by one can be set.
        IAttack[] single = [.. parts.Where(part => part!.Attacks.Count == 1).Select(part => part!.Attacks[0])];
        Settable("--steps", "steps", Steps, single, names, problems);
        Settable("--restarts", "restarts", Restarts, single, names, problems);
        AttackSuite[] set =
        [
            .. parts.Select(part => part!.Attacks.Count > 1 ? part
                : part with { Attacks = [With(With(part.Attacks[0], "steps", Steps), "restarts", Restarts)] }),
        ];
        return set.Length == 1 ? set[0] : new AttackSuite
        {
            Name = string.Join(", ", names),
            Attacks = set.SelectMany(part => part.Attacks).ToValueList(),
        };
    }

    private static void Settable(
        string option, string property, int? value, IEnumerable<IAttack> attacks, string[] names, List<string> problems)
    {
        if (value >= 1 && !attacks.Any(attack => Has(attack, property)))
        {
            problems.Add($"{option} must come with an attack that has {property} to set, got {value} for {string.Join(" and ", names)}. "
                + $"Leave it out, or write --attack {Default}.");
        }
    }

    private static bool Has(IAttack attack, string property) => Document(attack).ContainsKey(property);

    // An attack's settings are properties of its JSON, whatever kind of attack it is.
    private static IAttack With(IAttack attack, string property, int? value)
    {
        if (value is null || !Has(attack, property))
            return attack;
        JsonObject document = Document(attack);
        document[property] = value;
        return DescriptionJson.Read<IAttack>(document.ToJsonString());
    }

    private static JsonObject Document(IAttack attack) => JsonNode.Parse(DescriptionJson.Write(attack))!.AsObject();
}
