using RobustWrn.Core;

namespace RobustWrn.Samples;

/// <summary>
/// The synthetic images of these programs: the same seed in all of them, so that a network that one has trained can be judged by
/// another, on images that it never saw.
/// </summary>
internal static class SyntheticData
{
    /// <summary>What <c>--data</c> calls them.</summary>
    public const string Name = "synthetic";

    /// <summary>Images of which a tenth is still one.</summary>
    public const int Smallest = 10;

    /// <summary>Images that fit into the memory of a small machine: 3 GB.</summary>
    public const int Most = 1_000_000;

    private const long Seed = 2026;

    public static DatasetSplits Make(int train, int holdOut, int test) => new SyntheticImages().Make(train, holdOut, test, Seed);

    public static InMemoryImages Test(long count) => new SyntheticImages().Draw("test", count, Seed);
}
