using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

/// <summary>The sizes of windows against those of AutoAttack's own code.</summary>
[Trait("Category", VectorRun.Category)]
public sealed class SquareScheduleTests : IDisposable
{
    private readonly VectorCase _vector = VectorCase.Open("aa_square_schedule");

    public void Dispose() => _vector.Dispose();

    [Fact]
    public void Share_PublishedQueries_IsThePublishedShare()
    {
        Tensor shares = tensor(Queries("in.it").Select(query => SquareSchedule.Share(0.8, query)).ToArray());
        _vector.AssertMatches("out.f64.p", shares);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(5_000)]
    [InlineData(10_000)]
    public void Share_ScheduleStretched_IsThePublishedShare(int queries)
    {
        Tensor shares = tensor(Queries($"in.it_rescaled_{queries}").Select(query => SquareSchedule.Share(0.8, SquareSchedule.Scaled(query, queries))).ToArray());
        _vector.AssertMatches($"out.f64.p_rescaled_{queries}", shares);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(28)]
    [InlineData(32)]
    public void Side_PublishedQueries_IsThePublishedSide(int size)
    {
        double[] shares = [.. Queries("in.it").Select(query => SquareSchedule.Share(0.8, query))];
        _vector.AssertMatches($"out.side_linf_{size}", tensor(shares.Select(share => (long)SquareSchedule.Side(share, size, size)).ToArray()));
        _vector.AssertMatches($"out.side_l2_{size}", tensor(shares.Select(share => (long)SquareSchedule.OddSide(share, size, size)).ToArray()));
    }

    private IEnumerable<int> Queries(string name) => _vector[name].data<long>().ToArray().Select(query => (int)query);
}
