using System.Text.Json;
using RobustWrn.Core;

namespace RobustWrn.Testing;

/// <summary>Every output of the stored vectors, which test program compares with it, and which are left aside for a reason.</summary>
internal static class VectorOutputs
{
    /// <summary>Whose files start how. The rest belongs to the tests of the attacks.</summary>
    private static readonly Dictionary<string, string[]> Owners = new()
    {
        ["RobustWrn.Core.Tests"] = ["model_", "small_net", "init_statistics", "aa_l1_projection", "aa_fab_projections_", "aa_square_schedule"],
        ["RobustWrn.Training.Tests"] = ["loss_", "ema_", "schedules"],
    };

    // The verdicts of AutoAttack are compared by AutoAttackTests, which take too long to be run on every processor.
    private static readonly (string End, string Reason)[] Left =
    [
        .. new[] { "aa.robust_after.apgd-ce", "aa.robust_after.apgd-t", "aa.robust_after.fab-t", "aa.robust_after.square", "individual.apgd-dlr.robust",
            "individual.fab-t.robust", "individual.square_1000.robust" }.Select(output => ($"autoattack_standard_200: out.{output}", "compared by AutoAttackTests")),
        (".f64.x1_last_iterate", "where a walk of FAB stands at its end, which it keeps to itself: its result is the nearest image on the way"),
        ("_perturb: out.f64.x_adv", "ours leaves a fooled image at the first point that fools it, the official code goes on: the verdicts are compared, and the steps in runs that leave none"),
        ("autoattack_standard_200: out.pgd20_seed0_robust", "of a random start of which only the first 64 numbers are stored"),
        ("autoattack_standard_200: out.aa.final_prediction", "informative: the class of whichever adversarial image was found"),
        ("autoattack_standard_200: out.aa.max_abs_perturbation", "informative: ours is verified against epsilon itself"),
        ("model_facts: torchprofile_like", "what another profiler would count, that leaves out some layers"),
    ];

    /// <summary>The outputs that this test program is to compare with: "file: output".</summary>
    public static IEnumerable<string> Stored()
    {
        string program = typeof(VectorOutputs).Assembly.GetName().Name!;
        using JsonDocument index = JsonDocument.Parse(File.ReadAllText(Path.Combine(VectorCase.Folder, "index.json")));
        foreach (JsonElement entry in index.RootElement.GetProperty("cases").EnumerateArray())
        {
            string file = entry.GetProperty("file").GetString()!, name = Path.GetFileNameWithoutExtension(file);
            string owner = Owners.FirstOrDefault(pair => pair.Value.Any(start => name.StartsWith(start, StringComparison.Ordinal))).Key ?? "RobustWrn.Attacks.Tests";
            if (owner != program)
                continue;
            foreach (string output in Outputs(file, entry))
                yield return $"{name}: {output}";
        }
    }

    /// <summary>Why an output is compared with nothing, or null.</summary>
    public static string? ReasonToLeave(string output) => Left.FirstOrDefault(left => output.EndsWith(left.End, StringComparison.Ordinal) && !output.StartsWith("aa_fabt", StringComparison.Ordinal)).Reason;

    // What a file holds, and what the index says of it: the one may have an output that the other lacks.
    private static IEnumerable<string> Outputs(string file, JsonElement entry)
    {
        SortedSet<string> outputs = new(StringComparer.Ordinal);
        if (entry.TryGetProperty("outputs", out JsonElement listed))
            outputs.UnionWith(listed.EnumerateObject().Select(output => output.Name));
        if (file.EndsWith(".safetensors", StringComparison.Ordinal))
        {
            using NamedTensors tensors = Safetensors.Read(Path.Combine(VectorCase.Folder, file));
            outputs.UnionWith(tensors.Names.Where(name => name.StartsWith("out.", StringComparison.Ordinal)));
        }
        return outputs;
    }
}
