using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

public sealed class AttackGoalTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Tensor _logits = tensor(new float[] { 3, 1, 2, 0, 5, 5, 1, 2, 3 }).reshape(3, 3);

    public void Dispose() => _scope.Dispose();

    /// <summary>Predictions are 0, 1 (the first of two that are as large) and 2.</summary>
    [Theory]
    [InlineData(new long[] { 0, 1, 2 }, null, false, new[] { false, false, false })]
    [InlineData(new long[] { 1, 2, 2 }, null, false, new[] { true, true, false })]
    [InlineData(new long[] { 1, 2, 0 }, new long[] { 0, 2, 1 }, false, new[] { true, false, false })]
    [InlineData(new long[] { 1, 2, 2 }, new long[] { 2, 2, 0 }, true, new[] { true, true, false })]
    public void Reached_LabelsAndTargets_IsWhatTheAttackerWants(long[] labels, long[]? targets, bool anyErrorCounts, bool[] expected)
    {
        AttackGoal goal = new(tensor(labels), targets is null ? null : tensor(targets)) { AnyErrorCounts = anyErrorCounts };

        Assert.Equal(expected, goal.Reached(_logits).data<bool>().ToArray());
        Tensor rows = tensor([2L, 0]);
        Assert.Equal([expected[2], expected[0]], goal.Rows(rows).Reached(_logits.index_select(0, rows)).data<bool>().ToArray());
    }

    [Fact]
    public void Rows_WithCleanLogits_TakesThemAlong()
    {
        AttackGoal goal = new(tensor([0L, 1, 2]), null, _logits);

        AttackGoal last = goal.Rows(tensor([2L]));

        Assert.Equal([1f, 2, 3], last.CleanLogits!.data<float>().ToArray());
        Assert.Null(last.Targets);
    }
}
