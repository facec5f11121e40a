namespace RobustWrn.Testing;

/// <summary>The stored numbers of others on every processor that this one can stand for, and that none of them is left aside.</summary>
[Trait("Category", "Slow")]
public sealed class EveryProcessorTests
{
    public static TheoryData<string> Others() => [.. Processor.Others.Select(processor => processor.Capability)];

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Others))]
    public async Task Vectors_OnAnotherProcessor_AreMatched(string capability)
    {
        VectorRun run = await VectorRun.OnAsync(Processor.Offered.Single(processor => processor.Capability == capability));
        Assert.True(run.ExitCode == 0, run.Output);
        Assert.NotEmpty(run.Reads);
    }

    [Fact]
    public async Task Vectors_EveryStoredOutput_IsComparedOrListedWithAReason()
    {
        // Looked at in a run that is made anyway, where there is one.
        VectorRun run = await VectorRun.OnAsync(Processor.Others.FirstOrDefault() ?? Processor.Offered[0]);
        Assert.True(run.ExitCode == 0, run.Output);
        string[] stored = [.. VectorOutputs.Stored()];
        string[] unread = [.. stored.Except(run.Reads).Where(output => VectorOutputs.ReasonToLeave(output) is null)];
        string[] excused = [.. run.Reads.Where(output => VectorOutputs.ReasonToLeave(output) is not null)];
        Assert.True(unread.Length == 0,
            $"{unread.Length} of {stored.Length} outputs are compared with nothing: {string.Join(Environment.NewLine, unread)}");
        Assert.True(excused.Length == 0, $"compared, so that no reason is needed: {string.Join(Environment.NewLine, excused)}");
    }
}
