using CsCheck;
using RobustWrn.Core;

namespace RobustWrn.Search.Tests;

public sealed class SearchSpaceTests
{
    private static SearchSpace<WideResNetSpec> OfDesign() => new SearchSpace<WideResNetSpec>(WideResNetSpec.Wrn(depth: 28, widen: 10))
        .Vary("last stage width", [256, 384, 512, 640], (spec, width) => spec.WithStage(^1, s => s with { Width = width }))
        .Where("at most 5.25 GMACs", spec => spec.Cost(32, 32).MultiplyAdds <= 5_250_000_000);

    [Fact]
    public void Space_ExampleOfTheDesign_KeepsExactlyTheNetworksWithinTheBudget()
    {
        SearchSpace<WideResNetSpec> space = OfDesign();

        Assert.Empty(space.Problems());
        Assert.Equal(4, space.Size);
        int[] widths = [256, 384, 512, 640];
        for (int i = 0; i < widths.Length; i++)
        {
            WideResNetSpec expected = WideResNetSpec.Of(16, [4, 4, 4], [160, 320, widths[i]]);
            Assert.Equal(expected, space.At([i]));
            Assert.Equal(expected.Cost(32, 32).MultiplyAdds <= 5_250_000_000, space.Judge([i]).Kept);
        }
    }

    [Fact]
    public void Around_AnotherBase_VariesThatOneByTheSameWords()
    {
        SearchSpace<WideResNetSpec> space = OfDesign().AtMultiplyAdds(5e9, 0.05, Free.Width(^2));
        WideResNetSpec hundred = space.Base with { Classes = 100 };

        SearchSpace<WideResNetSpec> moved = space.Around(hundred);

        Assert.Equal(hundred, moved.Base);
        Assert.Equal((space.Dimensions, space.Filters, space.Constraint), (moved.Dimensions, moved.Filters, moved.Constraint));
        Assert.All(moved.Shape.Grid(), point => Assert.Equal(100, moved.At(point).Classes));
        Assert.NotEqual(space.Fingerprint, moved.Fingerprint);
        Assert.Equal(space.Fingerprint, moved.Around(space.Base).Fingerprint);
    }

    [Fact]
    public void Judge_SeveralFilters_NamesTheFirstThatRejects()
    {
        SearchSpace<WideResNetSpec> space = OfDesign()
            .Where("at most 5 GMACs", spec => spec.Cost(32, 32).MultiplyAdds <= 5_000_000_000)
            .Where("narrow", spec => spec.Stages[^1].Width < 512);

        Assert.Equal([null, null, "narrow", "at most 5 GMACs"], space.Shape.Grid().Select(point => space.Judge(point).RejectedBy));
        Assert.Equal(640, space.At([3]).Stages[^1].Width);
    }

    [Fact]
    public void At_SeveralDimensions_AppliesThemInOrder()
    {
        SearchSpace<WideResNetSpec> space = new SearchSpace<WideResNetSpec>(WideResNetSpec.Wrn(10, 1))
            .Vary("width", [32, 48], (spec, width) => spec.WithStage(0, s => s with { Width = width }))
            .Vary("ratio", [2, 3], (spec, ratio) => spec.WithStage(1, s => s with { Width = ratio * spec.Stages[0].Width }));

        Assert.Equal([48, 144, 64], space.At([1, 1]).Stages.Select(stage => stage.Width));
        Assert.Equal([new DimensionValue("width", "48"), new DimensionValue("ratio", "3")], space.ValuesAt([1, 1]));
    }

    [Fact]
    public void Vary_ValuesOfAnyKind_HaveCanonicalText()
    {
        SearchSpace<WideResNetSpec> space = new SearchSpace<WideResNetSpec>(WideResNetSpec.Wrn(10, 1))
            .Vary("text", ["a", "b"], (spec, _) => spec)
            .Vary<ValueList<int>>("depths", [[1, 1, 2], [1, 2, 1]], (spec, depths) => spec.WithDepths(depths.AsSpan()))
            .Vary("array", new int[][] { [1], [2] }, (spec, _) => spec)
            .Vary("double", new List<double> { 0.1, 0.25 }, (spec, dropout) => spec.WithStage(0, s => s with { Dropout = dropout }))
            .Vary<IActivation>("activation", [new Relu(), new Silu()], (spec, activation) => spec with { FinalActivation = activation })
            .Vary("tuple", [(1, 2), (3, 4)], (spec, _) => spec)
            .Vary("anonymous", [new { Width = 1 }, new { Width = 2 }], (spec, _) => spec);

        Assert.Equal(
            ["b", "[1,2,1]", "[2]", "0.25", """{"type":"silu"}""", """{"item1":3,"item2":4}""", """{"width":2}"""],
            space.Dimensions.Select(dimension => dimension.Values[1]));
        Assert.Empty(space.Problems());
    }

    [Fact]
    public void Fingerprint_SameWords_IsTheSame_AndChangesWithEachOfThem()
    {
        SearchSpace<WideResNetSpec> space = OfDesign();
        SearchSpace<WideResNetSpec> Of(string name, int width, string filter, int depth) => new SearchSpace<WideResNetSpec>(WideResNetSpec.Wrn(depth, 10))
            .Vary(name, [256, 384, 512, width], (spec, w) => spec.WithStage(^1, s => s with { Width = w }))
            .Where(filter, _ => true);

        Assert.Equal(space, OfDesign());
        Assert.Equal(space.Fingerprint, Of("last stage width", 640, "at most 5.25 GMACs", 28).Fingerprint);
        string[] others =
        [
            Of("width", 640, "at most 5.25 GMACs", 28).Fingerprint, Of("last stage width", 641, "at most 5.25 GMACs", 28).Fingerprint,
            Of("last stage width", 640, "at most 5 GMACs", 28).Fingerprint, Of("last stage width", 640, "at most 5.25 GMACs", 34).Fingerprint,
        ];
        Assert.Equal(5, others.Append(space.Fingerprint).Distinct().Count());
    }

    [Fact]
    public void Canonical_ExampleOfTheDesign_IsPinned() =>
        // Stored studies are recognised by its fingerprint: it must not change between versions of the library.
        Assert.Equal(
            $$"""{"base":{{DescriptionJson.Canonical(WideResNetSpec.Wrn(28, 10))}},"dimensions":[{"name":"last stage width","values":["256","384","512","640"]}],"filters":["at most 5.25 GMACs"]}""",
            OfDesign().Canonical);

    [Fact]
    public void AsAnyNetwork_IsTheSameSpace()
    {
        SearchSpace<WideResNetSpec> space = OfDesign();
        SearchSpace<INetworkSpec> any = space.AsAnyNetwork();

        Assert.Equal(space.Fingerprint, any.Fingerprint);
        Assert.Empty(any.Problems());
        Assert.All(space.Shape.Grid(), point =>
        {
            Assert.Equal(space.At(point), any.At(point));
            Assert.Equal(space.Judge(point).RejectedBy, any.Judge(point).RejectedBy);
        });
    }

    [Fact]
    public void Vary_CallersArrayChangedLater_DoesNotChangeTheSpace()
    {
        int[] widths = [32, 64];
        SearchSpace<WideResNetSpec> space = new SearchSpace<WideResNetSpec>(WideResNetSpec.Wrn(10, 1))
            .Vary("width", widths, (spec, width) => spec.WithStage(^1, s => s with { Width = width }));
        widths[0] = 999;

        Assert.Equal(32, space.At([0]).Stages[^1].Width);
    }

    [Theory]
    [InlineData(0, "a point must have one value index for each of the 1 dimension, got 0.")]
    [InlineData(4, "\"last stage width\" has 4 values, counted from 0, got index 4.")]
    [InlineData(-1, "\"last stage width\" has 4 values, counted from 0, got index -1.")]
    public void At_NoSuchPoint_SaysWhatAPointIs(int index, string message)
    {
        ValueList<int> point = index == 0 ? [] : [index];
        Assert.StartsWith(message, Assert.Throws<ArgumentOutOfRangeException>(() => OfDesign().At(point)).Message);
    }

    [Fact]
    public void Grid_AnySizes_HasEveryPointOnceInLexicographicOrder_AndGoesOnBehindAnyPoint() => Gen.Int[0, 4].Array[0, 4].Sample(sizes =>
    {
        SpaceShape shape = new([.. sizes]);
        ValueList<int>[] grid = [.. shape.Grid()];

        Assert.Equal(shape.Points, grid.Length);
        Assert.Equal(grid.Length, grid.Distinct().Count());
        for (int i = 0; i < grid.Length; i++)
        {
            Assert.All(grid[i].Select((index, d) => (index, d)), at => Assert.InRange(at.index, 0, sizes[at.d] - 1));
            Assert.Equal(grid[(i + 1)..], shape.Grid(after: grid[i]));
            if (i > 0)
                Assert.True(Comparer(grid[i - 1], grid[i]) < 0);
        }
    }, iter: 100);

    [Fact]
    public void Size_HugeSpace_IsExact()
    {
        SearchSpace<WideResNetSpec> space = new(WideResNetSpec.Wrn(10, 1));
        for (int d = 0; d < 30; d++)
            space = space.Vary($"dimension {d}", Enumerable.Range(0, 10), (spec, _) => spec);

        Assert.Equal(System.Numerics.BigInteger.Pow(10, 30), space.Size);
    }

    private static int Comparer(ValueList<int> left, ValueList<int> right)
    {
        int d = 0;
        while (left[d] == right[d])
            d++;
        return left[d] - right[d];
    }
}
