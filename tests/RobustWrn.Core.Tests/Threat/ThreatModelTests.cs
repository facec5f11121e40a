using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

/// <summary>What every threat model keeps, found by reflection: a new norm is tested without a line here.</summary>
public class ThreatModelTests
{
    public static TheoryData<ThreatModel> All =>
        [.. DescriptionTypes.Implementing(typeof(ThreatModel)).Values.Select(type => (ThreatModel)Activator.CreateInstance(type)! with { Epsilon = 0.25 })];

    [Theory]
    [MemberData(nameof(All))]
    public void RandomStart_AnyBatchAndOrder_DependsOnTheExampleOnly(ThreatModel threat)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor images = rand(4, 3, 5, 5);
        RandomStream noise = RandomStream.From(3);

        Tensor all = threat.RandomStart(images, noise, [10, 20, 30, 40]);
        Tensor reversed = threat.RandomStart(images.flip(0), noise, [40, 30, 20, 10]);

        Assert.True(reversed.flip(0).Equals(all));
        Assert.True(threat.RandomStart(images[2..3], noise, [30]).Equals(all[2..3]));
        Assert.False(threat.RandomStart(images, noise.At(1), [10, 20, 30, 40]).Equals(all));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void RandomStart_InBothTypes_StaysInBallAndBox(ThreatModel threat)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (ScalarType dtype in (ScalarType[])[ScalarType.Float32, ScalarType.Float64])
        {
            Tensor images = rand(8, 3, 6, 6, dtype);
            Tensor start = threat.RandomStart(images, RandomStream.From(3), [0, 1, 2, 3, 4, 5, 6, 7]);

            Assert.Equal(dtype, start.dtype);
            Assert.True(threat.Distance(start, images).max().Number() <= threat.Epsilon + threat.Tolerance);
            Assert.InRange(start.min().Number(), 0, 1);
            Assert.InRange(start.max().Number(), 0, 1);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void AnyOperation_InAScope_LeavesOneTensor(ThreatModel threat)
    {
        using Tensor images = rand(2, 3, 4, 4), candidates = rand(2, 3, 4, 4);
        Func<Tensor>[] operations =
        [
            () => threat.Project(candidates, images), () => threat.Distance(candidates, images), () => threat.SteepestDirection(candidates),
            () => threat.RandomStart(images, RandomStream.From(1), [0, 1]),
        ];
        foreach (Func<Tensor> operation in operations)
        {
            long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
            using Tensor result = operation();
            Assert.Equal(before + 1, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void AnyOperation_EmptyBatch_GivesAnEmptyResult(ThreatModel threat)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor none = zeros(0, 3, 4, 4);

        Assert.Equal([0, 3, 4, 4], threat.Project(none, none).shape);
        Assert.Equal([0, 3, 4, 4], threat.RandomStart(none, RandomStream.From(1), []).shape);
        Assert.Equal([0], threat.Distance(none, none).shape);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Json_AnyThreat_ReadsBack(ThreatModel threat) => Assert.Equal(threat, DescriptionJson.Read<ThreatModel>(DescriptionJson.Write(threat)));
}
