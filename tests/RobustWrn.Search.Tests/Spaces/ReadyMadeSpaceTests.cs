using RobustWrn.Core;

namespace RobustWrn.Search.Tests;

public sealed class ReadyMadeSpaceTests
{
    public static TheoryData<string> Names => [.. ReadyMadeSpaces.All.Select(space => space.Name)];

    [Theory]
    [InlineData("huang-depths", 125, "8ef0041e65c0")]
    [InlineData("huang-widths", 216, "05ff5b77c500")]
    [InlineData("nares", 15_625, "be01813b3175")]
    [InlineData("lu-depths", 343, "d6c539c41d65")]
    [InlineData("lu-widths", 512, "eb6062b84304")]
    // (14 depths x 13 factors)^3 x 4 activations x (two plain blocks, or basic: without, or with three ratios).
    [InlineData("robust-wrn", 6_028_568L * 4 * (2 + 1 + 3), "ca6358f71eb3")]
    public void Space_EachName_HasItsPoints_AndAFingerprintThatStays(string name, long points, string fingerprint)
    {
        // Stored studies are recognised by it: it must not change between versions of the library.
        Assert.Equal(fingerprint, ReadyMadeSpaces.Get(name).Fingerprint[..12]);
        Assert.Equal(points, ReadyMadeSpaces.Get(name).Size);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Space_EachName_HasNoProblemsAndNoTwins(string name)
    {
        ReadyMadeSpace space = ReadyMadeSpaces.Find(name)!;
        RandomSequence draws = RandomStream.From(1).For("test").Sequence();

        Assert.Empty(space.Space.Problems());
        Assert.Empty(space.Space.StorageProblems());
        Assert.Empty(space.Space.AsAnyNetwork().StorageProblems());
        ValueList<int>[] points = [.. Enumerable.Range(0, 300).Select(_ => space.Space.Shape.Draw(draws)).Distinct()];
        Assert.Equal(points.Length, points.Select(space.Space.Shape.IdentityOf).Distinct().Count());
        Assert.NotEmpty(space.Source);
    }

    [Fact]
    public void Names_List_IsThatOfAll_AndEveryOneIsFound()
    {
        Assert.Equal("huang-depths, huang-widths, nares, lu-depths, lu-widths, robust-wrn", ReadyMadeSpaces.Names);
        Assert.All(ReadyMadeSpaces.All, space => Assert.Same(space, ReadyMadeSpaces.Find(space.Name.ToUpperInvariant())));
        Assert.Null(ReadyMadeSpaces.Find("imagenet"));
        Assert.Equal(
            $"space must be one of {ReadyMadeSpaces.Names}, got \"imagenet\". (Parameter 'name')",
            Assert.Throws<ArgumentException>(() => ReadyMadeSpaces.Get("imagenet")).Message);
    }

    [Theory]
    [InlineData("huang-depths", "WRN-34-10")]
    [InlineData("huang-widths", "WRN-34-10 WRN-34-12 WRN-34-20 WRN-34-R")]
    [InlineData("nares", "WRN-28-10 WRN-34-10 WRN-34-12 WRN-46-14 WRN-70-16")]
    [InlineData("robust-wrn", "WRN-A1 WRN-A2 WRN-A3 WRN-A4 RobustResNet-A1 RobustResNet-A2 RobustResNet-A3 RobustResNet-A4")]
    public void Space_PublishedNetworks_AreInIt(string name, string networks)
    {
        SearchSpace<WideResNetSpec> space = ReadyMadeSpaces.Get(name);
        foreach (string network in networks.Split(' '))
        {
            // Each stage's numbers are dimensions of their own, so the point is read off the network.
            WideResNetSpec published = (WideResNetSpec)NetworkPresets.Get(network);
            Dictionary<string, string> wanted = [];
            for (int s = 0; s < published.Stages.Count; s++)
            {
                wanted[$"stages[{s}].depth"] = $"{published.Stages[s].Depth}";
                wanted[$"stages[{s}].widening"] = $"{published.Stages[s].Width / (16 << s)}";
            }
            wanted["stages.block"] = DescriptionJson.Canonical(published.Stages[0].Block);
            int[] point = [.. space.Dimensions.Select(
                dimension => wanted.TryGetValue(dimension.Name, out string? value) ? dimension.Values.ToList().IndexOf(value) : 0)];
            Assert.DoesNotContain(-1, point);

            Assert.True(space.Judge([.. point]).Kept);
            WideResNetSpec found = space.At([.. point]);
            Assert.Equal(published.Stages.Select(stage => (stage.Depth, stage.Width)),
                found.Stages.Select(stage => (stage.Depth, stage.Width)));
            if (name != "nares" || network != "WRN-46-14")
                Assert.Equal(published, found);
        }
    }

    [Fact]
    public void RobustWrn_BlocksThatAreNotBasic_HaveNoSqueezeOfTheirOwn()
    {
        SearchSpace<WideResNetSpec> space = ReadyMadeSpaces.Get("robust-wrn");
        int[] values = new int[space.Dimensions.Count];
        int Place(string name) => space.Dimensions.ToList().FindIndex(dimension => dimension.Name == name);

        (values[Place("stages.block")], values[Place("stages.squeezeExcitation")]) = (2, 1);
        Assert.False(space.Shape.Keeps([.. values]));
        (values[Place("stages.block")], values[Place("stages.squeezeRatio")]) = (0, 2);
        Assert.Equal(
            new SqueezeExcitationBlock { Ratio = 0.5, Shortcut = ShortcutInput.Activated }, space.At([.. values]).Stages[0].Block);
    }
}
