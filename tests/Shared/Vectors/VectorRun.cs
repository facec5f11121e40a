using System.Collections.Concurrent;
using System.Diagnostics;

namespace RobustWrn.Testing;

/// <summary>
/// The tests of the category <see cref="Category"/> of this program, run once more in a process of their own, on another processor.
/// </summary>
/// <param name="ExitCode">0 when all passed.</param>
/// <param name="Output">What it printed.</param>
/// <param name="Reads">The stored outputs that its tests looked at.</param>
internal sealed record VectorRun(int ExitCode, string Output, IReadOnlySet<string> Reads)
{
    /// <summary>What a test class says of itself that compares with stored outputs: <c>[Trait("Category", "Vectors")]</c>.</summary>
    public const string Category = "Vectors";

    /// <summary>
    /// What a test of that category says of itself that need not be run on every processor: it proves that a constant that is off is seen.
    /// </summary>
    public const string Once = "Once";

    // Some twenty seconds on a machine that does nothing else.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    private static readonly ConcurrentDictionary<string, Lazy<Task<VectorRun>>> Runs = new();

    /// <summary>Runs them, or gives the result of the run that was.</summary>
    public static Task<VectorRun> OnAsync(Processor processor) => Runs.GetOrAdd(processor.Capability, _ => new(() => StartAsync(processor))).Value;

    private static async Task<VectorRun> StartAsync(Processor processor)
    {
        string reads = TestFolder.Missing();
        await File.WriteAllTextAsync(reads, "");
        try
        {
            string[] arguments = ["-trait", $"Category={Category}", "-trait-", $"Category={Once}", "-parallel", "none"];
            using Process process = TestProgram.Start(arguments, new Dictionary<string, string>(processor.Variables)
            {
                [VectorReads.FileVariable] = reads,
                [ExactRuns.FolderVariable] = ExactRuns.Folder,
                // Enough to look at what is stored; more of them are for the process that has no other processor to stand for.
                ["ROBUSTWRN_AUTOATTACK_IMAGES"] = "6",
            });
            string output = await TestProgram.EndAsync(process, Limit);
            return new VectorRun(process.ExitCode, output, File.ReadAllLines(reads).ToHashSet(StringComparer.Ordinal));
        }
        finally
        {
            File.Delete(reads);
        }
    }
}
