using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

public sealed class CompetingClassesTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Tensor _logits = tensor(new double[,] { { 5, 1, 3, 2 }, { 0, 4, 6, 1 } }), _labels = tensor(new long[] { 0, 2 });

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void All_ThreeOthers_AreAllClassesButTheLabelInTheirOrder()
    {
        CompetingClasses all = CompetingClasses.All(_labels, 4);

        Assert.Equal(3, all.Count);
        double[][] differences = [.. Enumerable.Range(0, 3).Select(k => FabTests.Numbers(all.Difference(_logits, k)))];
        Assert.Equal([[1 - 5, 0 - 6], [3 - 5, 4 - 6], [2 - 5, 1 - 6]], differences);
    }

    [Fact]
    public void Ranked_Others_AreInTheOrderOfTheirLogits()
    {
        Tensor ranked = CompetingClasses.Ranked(_logits, _labels);

        Assert.Equal([2L, 3, 1, 1, 3, 0], ranked.flatten().data<long>().ToArray());
        CompetingClasses first = CompetingClasses.Of(_labels, ranked.narrow(1, 0, 1));
        Assert.Equal(1, first.Count);
        Assert.Equal([3 - 5, 4 - 6], FabTests.Numbers(first.Difference(_logits, 0)));
    }

    [Fact]
    public void Towards_Targets_IsTheLeadOverWhateverIsAhead()
    {
        CompetingClasses towards = CompetingClasses.Towards(tensor(new long[] { 1, 2 }));

        Assert.Equal(1, towards.Count);
        Assert.Equal([1 - 5, 6 - 4], FabTests.Numbers(towards.Difference(_logits, 0)));
        Assert.Equal([false, true], towards.Goal.Reached(_logits).data<bool>().ToArray());
    }

    [Fact]
    public void Select_SomeOfThem_IsTheSameForEach()
    {
        Tensor rows = tensor(new long[] { 1 }), chosen = _logits.index_select(0, rows);
        foreach (CompetingClasses classes in (CompetingClasses[])[CompetingClasses.All(_labels, 4), CompetingClasses.Towards(_labels)])
        {
            for (long k = 0; k < classes.Count; k++)
                Assert.Equal(classes.Difference(_logits, k)[1].item<double>(), classes.Select(rows).Difference(chosen, k).item<double>());
        }
    }
}
