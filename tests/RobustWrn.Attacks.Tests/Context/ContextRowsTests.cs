using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

public sealed class ContextRowsTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly AttackContext _whole;

    public ContextRowsTests() => _whole = new AttackContext(
        LinearModel.TwoClasses(4), RandomStream.From(1).Uniform([0, 1, 2, 3], [1, 2, 2]), tensor([0L, 1, 1, 0]), ThreatModel.Linf(0.1))
    {
        Examples = [40, 41, 42, 43],
        Targets = tensor([1L, 0, 0, 1]),
        Start = RandomStream.From(2).Uniform([0, 1, 2, 3], [1, 2, 2]),
        GradientDraws = 3,
        BatchNorm = BatchNormMode.BatchStatistics,
    };

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Rows_InAnyOrder_TakeAllThatBelongsToThem()
    {
        AttackContext some = _whole.Rows([3, 1]);

        Assert.True(some.Images.eq(stack([_whole.Images[3], _whole.Images[1]])).all().item<bool>());
        Assert.True(some.Start!.eq(stack([_whole.Start![3], _whole.Start[1]])).all().item<bool>());
        Assert.Equal([0L, 1], some.Labels.data<long>().ToArray());
        Assert.Equal([1L, 0], some.Targets!.data<long>().ToArray());
        Assert.Equal([43, 41], some.Examples);
        Assert.Equal((_whole.Noise, _whole.Threat, 3, BatchNormMode.BatchStatistics),
            (some.Noise, some.Threat, some.GradientDraws, some.BatchNorm));
    }

    [Fact]
    public void Rows_AsTensorOrRange_AreTheSame()
    {
        AttackContext spelled = _whole.Rows([1, 2]), tensors = _whole.Rows(tensor([1L, 2])), range = _whole.Rows(1..3);

        foreach (AttackContext other in (AttackContext[])[tensors, range])
        {
            Assert.True(other.Images.eq(spelled.Images).all().item<bool>() && other.Start!.eq(spelled.Start!).all().item<bool>());
            Assert.Equal(spelled.Examples, other.Examples);
            Assert.Equal(spelled.Labels.data<long>().ToArray(), other.Labels.data<long>().ToArray());
        }
    }

    [Fact]
    public void Rows_WithoutTargetsAndStart_HaveNone()
    {
        AttackContext some = (_whole with { Targets = null, Start = null }).Rows([2]);

        Assert.True(some.Targets is null && some.Start is null);
    }
}
