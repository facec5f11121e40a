using RobustWrn.Attacks;
using RobustWrn.Core;

namespace EvaluateModel;

/// <summary>The attacks: <c>--attack pgd --steps 20 --restarts 5</c>.</summary>
public sealed record AttackChoice(IReadOnlyList<string> Names, int? Steps, int? Restarts)
{
    private static readonly string[] Known = ["fgsm", "pgd", "cw"];

    /// <summary>The suite, or null and what is wrong.</summary>
    public AttackSuite? Open(ThreatModel? threat, List<string> problems)
    {
        int before = problems.Count;
        string[] names = [.. Names.SelectMany(name => name.Split(',', StringSplitOptions.RemoveEmptyEntries)).Select(name => name.Trim().ToLowerInvariant())];
        problems.AddRange(names.Except(Known).Select(name => $"--attack must be of {string.Join(", ", Known)}, got {name}."));
        if (names.Length == 0)
            problems.Add("--attack must name at least one attack, got none.");
        if (Steps < 1)
            problems.Add($"--steps must be at least 1, got {Steps}.");
        if (Restarts < 1)
            problems.Add($"--restarts must be at least 1, got {Restarts}.");
        if (Steps > 1 && names.All(name => name == "fgsm"))
            problems.Add($"--steps must be 1 for fgsm, which takes one step, got {Steps}. Write --attack pgd.");
        bool euclidean = threat is L2Threat;
        if (Restarts > 1 && !names.Any(name => name == "pgd" || (name == "cw" && !euclidean)))
            problems.Add($"--restarts must be 1 for {string.Join(" and ", names)}{(euclidean ? " in l2" : "")}, without a random start, got {Restarts}. Write --attack pgd.");
        return problems.Count > before ? null : AttackSuite.Of(string.Join(", ", names), [.. names.Select(name => Attack(name, euclidean))]);
    }

    private IAttack Attack(string name, bool euclidean) => name switch
    {
        "fgsm" => new Fgsm(),
        "pgd" => new Pgd { Steps = Steps ?? 20, Restarts = Restarts ?? 1 },
        _ when euclidean => new CwL2 { Steps = Steps ?? 10_000 },
        _ => new CwLinf { Steps = Steps ?? 20, Restarts = Restarts ?? 1 },
    };
}
