using CsCheck;

namespace RobustWrn.Search.Tests;

public sealed class ParetoFrontTests
{
    private static readonly ParetoObjective<int[]> Robust = ParetoObjective.Maximise("robust", (int[] item) => item[0]);
    private static readonly ParetoObjective<int[]> Clean = ParetoObjective.Maximise("clean", (int[] item) => item[1]);
    private static readonly ParetoObjective<int[]> Cost = ParetoObjective.Minimise("multiply-adds", (int[] item) => item[2]);

    [Fact]
    public void Of_AnyItems_AreThoseThatNoOtherBeats() => Gen.Int[0, 5].Array[3].Array[0, 40].Sample(items =>
    {
        bool Beats(int[] a, int[] b) => a[0] >= b[0] && a[1] >= b[1] && a[2] <= b[2] && !a.SequenceEqual(b);
        Assert.Equal(items.Where(item => !items.Any(other => Beats(other, item))), ParetoFront.Of(items, Robust, Clean, Cost));
    });

    [Fact]
    public void Of_OneObjective_AreAllThatReachTheMaximum() => Gen.Int[0, 5].Array[3].Array[1, 40].Sample(items =>
        Assert.Equal(items.Where(item => item[0] == items.Max(other => other[0])), ParetoFront.Of(items, Robust)));

    [Fact]
    public void Of_OppositeObjectives_KeepsEverything() => Gen.Int[0, 5].Array[3].Array[0, 40].Sample(items =>
        Assert.Equal(items, ParetoFront.Of(items, Robust, ParetoObjective.Minimise("robust", (int[] item) => item[0]))));

    [Fact]
    public void Of_NotANumber_NamesObjectiveAndItem() => Assert.Equal(
        "every item must have a value in each objective, but \"clean\" of item 1 is NaN. Leave the item out.",
        Assert.Throws<ArgumentException>(() => ParetoFront.Of([0.5, double.NaN], ParetoObjective.Maximise("clean", (double item) => item))).Message);

    [Fact]
    public void Of_NoObjective_IsRefused() => Assert.StartsWith("a front needs at least one objective, got none.", Assert.Throws<ArgumentException>(() => ParetoFront.Of([1, 2])).Message);
}
