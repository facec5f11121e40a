using RobustWrn.Core;

namespace RobustWrn.Search.Tests;

public sealed class SpaceFileTests
{
    private const string Example = """
        {
          "version": 1,
          "type": "search-space",
          "preset": "WRN-28-10",
          "dimensions": [
            { "target": "stages.depth", "values": [2, 4, 5] },
            { "target": "stages[1].widening", "name": "middle", "values": [8, 10, 12] },
            { "target": "activation", "values": ["relu", {"type": "silu"}] },
            { "target": "squeezeExcitation", "values": [false, true] },
            { "target": "squeezeRatio", "values": [0.125, 0.25], "kind": "categorical",
              "when": [ { "dimension": "squeezeExcitation", "values": [true] } ] }
          ],
          "limits": [ { "cost": "parameters", "atMost": 60000000 } ],
          "constraint": { "cost": "multiply-adds", "amount": 5e9, "tolerance": 0.02, "free": "stages[^1].width" }
        }
        """;

    private static SpaceFile Read(string json) => DescriptionJson.Read<SpaceFile>(json, "space.json");

    private static string[] Problems(SpaceFile file) => [.. file.Problems().Select(problem => problem.ToString())];

    [Fact]
    public void ToSpace_Example_IsTheSpaceThatCodeWouldMake()
    {
        SpaceFile file = Read(Example);
        SearchSpace<WideResNetSpec> expected = new SearchSpace<WideResNetSpec>(WideResNetSpec.Wrn(28, 10))
            .VaryDepths([2, 4, 5], tied: true)
            .Vary("middle", [8, 10, 12], (spec, factor) => spec.WithStage(1, stage => stage with { Width = 32 * factor }))
            .Vary<IActivation>("activation", [new Relu(), new Silu()], (spec, activation) => spec.WithActivation(activation))
            .Switch("squeezeExcitation", (spec, on) => on ? spec.WithBlock(new SqueezeExcitationBlock { Shortcut = default }) : spec)
            .When("squeezeExcitation", [true], inner => inner.Vary(
                "squeezeRatio", [0.125, 0.25],
                (spec, ratio) => spec.WithBlock(new SqueezeExcitationBlock { Shortcut = default, Ratio = ratio }),
                    DimensionKind.Categorical))
            .Where("parameters of at most 60000000", spec => spec.Cost(32, 32).Parameters <= 60_000_000)
            .AtMultiplyAdds(5e9, 0.02, Free.Width(^1));

        Assert.Empty(Problems(file));
        Assert.Equal(expected.Canonical, file.ToSpace().Canonical);
        Assert.Equal(expected.Size, file.ToSpace().Size);
        Assert.All(expected.Shape.Grid(), point =>
        {
            Assert.Equal(expected.Judge(point).Kept, file.ToSpace().Judge(point).Kept);
            Assert.Equal(expected.Judge(point).Spec, file.ToSpace().Judge(point).Spec);
        });
    }

    [Fact]
    public void Write_ThenRead_IsTheSameFileAndSpace()
    {
        SpaceFile file = Read(Example), again = Read(DescriptionJson.Write(file));

        Assert.Equal(file, again);
        Assert.Equal(file.ToSpace().Fingerprint, again.ToSpace().Fingerprint);
        Assert.Equal(DescriptionJson.Write(file), DescriptionJson.Write(again));
    }

    [Theory]
    [InlineData("stages[0].depth", "7")]
    [InlineData("stages.width", "64")]
    [InlineData("stages[^3].widening", "3")]
    [InlineData("stages[2].stride", "1")]
    [InlineData("stages.dropout", "0.25")]
    [InlineData("stages[1].activation", "\"silu\"")]
    [InlineData("stages.block", "\"bottleneck\"")]
    [InlineData("stages[0].block", "{\"type\":\"squeeze-excitation\",\"ratio\":0.5}")]
    [InlineData("stages.widthMultiplier", "1.5")]
    [InlineData("stem.width", "32")]
    [InlineData("block", "\"robust-res\"")]
    [InlineData("finalActivation", "\"gelu\"")]
    [InlineData("featureNormalization", "\"group-norm\"")]
    [InlineData("zeroInitResidual", "true")]
    [InlineData("squeezeExcitation", "true")]
    [InlineData("stages[1].squeezeExcitation", "true")]
    public void ToSpace_EveryTarget_ChangesTheNetwork(string target, string value)
    {
        SpaceFile file = new() { Base = WideResNetSpec.Wrn(16, 8), Dimensions = [new() { Target = target, Values = [new(value)] }] };

        Assert.Empty(Problems(file));
        Assert.NotEqual(file.Base, file.ToSpace().At([0]));
        Assert.Equal(target, Assert.Single(file.ToSpace().Dimensions).Name);
    }

    [Fact]
    public void Problems_BadInEveryWay_AreToldAtOnce() => Assert.Equal(
        [
            "Preset: must be one of " + string.Join(", ", NetworkPresets.All.Where(preset => preset.Spec is WideResNetSpec)
                .Select(preset => preset.Name))
                + ", got \"WRN-1-1\".",
            "ImageSize: must be in [1, 4096], got 0.",
            "BatchSize: must be at least 1, got -1.",
            "Dimensions[0].Target: must be one of stages.widthMultiplier, stem.width, activation, finalActivation, block, "
                + "squeezeExcitation, squeezeRatio, featureNormalization, zeroInitResidual; stages[i].NAME for one stage and "
                + "stages.NAME for all, with depth, width, widening, stride, dropout, activation, block, squeezeExcitation, "
                + "squeezeRatio, got \"stages.colour\".",
            "Dimensions[1].Values[0]: must be a whole number, got \"wide\".",
            "Dimensions[1].Values[1]: must be a whole number, got 2.5.",
            "Dimensions[1].Values[2]: must be a whole number, got {\"a\":1}.",
            "Dimensions[1].When[0].Dimension: must be the name of a dimension before it, got \"nothing\".",
            "Dimensions[2].Name: must be a text that says something, got nothing.",
            "Dimensions[2].Kind: must be one of Categorical, Ordered, Switch, got 9.",
            "Dimensions[2].Values[0]: must be true or false, got 1.",
            "Limits[0].Cost: must be one of multiply-adds, parameters, memory, got \"hours\".",
            "Limits[0].AtMost: a limit must say atMost or atLeast, got neither.",
            "Limits[1].AtLeast: must be at most atMost, 10, got 20.",
            "Constraint.Cost: must be one of multiply-adds, parameters, memory, got \"\".",
            "Constraint.Amount: must be in [1, 9E+17], got -5.",
            "Constraint.Tolerance: must be in [0, 0.5], got 2.",
            "Constraint.Free: must be stages[i].width or stages[i].depth of a stage that there is, stages.width or stages.depth, "
                + "got \"stages[9].height\".",
            "Constraint.Least: must be at most the largest value, 8, got 16.",
        ],
        Problems(new SpaceFile
        {
            Preset = "WRN-1-1",
            ImageSize = 0,
            BatchSize = -1,
            Dimensions =
            [
                new() { Target = "stages.colour", Values = [new("1")] },
                new()
                {
                    Target = "stages.width",
                    Values = [new("\"wide\""), new("2.5"), new("{\"a\":1}")],
                    When = [new() { Dimension = "nothing", Values = [new("1")] }],
                },
                new() { Target = "squeezeExcitation", Name = " ", Kind = (DimensionKind)9, Values = [new("1")] },
            ],
            Limits = [new() { Cost = "hours" }, new() { Cost = "parameters", AtMost = 10, AtLeast = 20 }],
            Constraint = new() { Cost = "", Amount = -5, Tolerance = 2, Free = "stages[9].height", Least = 16, Most = 8 },
        }));

    [Fact]
    public void Problems_StageThatIsNotThere_SaysHowMany() => Assert.Equal(
        ["Dimensions[0].Target: must be of one of the 3 stages, counted from 0, got \"stages[3].depth\"."],
        Problems(new SpaceFile { Preset = "WRN-28-10", Dimensions = [new() { Target = "stages[3].depth", Values = [new("1")] }] }));

    [Fact]
    public void Problems_UnknownBlock_NamesTheKnown()
    {
        string problem = Assert.Single(
            Problems(new SpaceFile { Preset = "WRN-28-10", Dimensions = [new() { Target = "block", Values = [new("\"inception\"")] }] }));

        Assert.StartsWith("Dimensions[0].Values[0]: must be a block, got \"inception\". \"type\" must be one of basic, ", problem);
        Assert.EndsWith(", got \"inception\".", problem);
    }

    [Fact]
    public void Problems_PointsThatCannotBe_AreThoseOfTheSpace() => Assert.Contains(
        "a ratio is one of squeeze-excitation blocks, got BasicBlock. Vary it only where squeeze and excitation is on.",
        Assert.Single(Problems(
            new SpaceFile { Preset = "WRN-28-10", Dimensions = [new() { Target = "squeezeRatio", Values = [new("0.5")] }] })));

    [Fact]
    public void Problems_NetworksThatAreNotWide_AreRefused()
    {
        Assert.Equal(["Base: must be a wide residual network, got VGG-11. Write other spaces in code."],
            Problems(new SpaceFile { Base = VggSpec.Vgg11 }));
        Assert.Equal(
            ["Base: must be left out where a preset is named, got both. The preset is \"WRN-28-10\"."],
            Problems(new SpaceFile { Base = WideResNetSpec.Wrn34R, Preset = "WRN-28-10" }));
        Assert.EndsWith("got neither preset nor base.", Assert.Single(Problems(new SpaceFile())));
        Assert.Throws<InvalidDescriptionException>(() => new SpaceFile().ToSpace());
    }

    [Theory]
    [InlineData("[]", "space.json must be a JSON object with a version and a type.")]
    [InlineData("{\"version\":2,\"type\":\"search-space\"}", "space.json has version 2; this library reads versions 1 to 1.")]
    [InlineData("{\"version\":1,\"type\":\"trades\"}", "\"type\" must be one of search-space for SpaceFile, got \"trades\".")]
    [InlineData("{\"version\":1,\"type\":\"search-space\",\"colour\":1}", "colour")]
    [InlineData("{\"version\":1,\"type\":\"search-space\",\"dimensions\":5}", "space.json is not a valid description: ")]
    [InlineData("{\"version\":1,\"type\":\"search-space\",\"dimensions\":[{\"target\":\"block\",\"values\":[null]}]}",
        "space.json is not a valid description: ")]
    [InlineData("{\"version\":1,\"type\":\"search-space\",\"imageSize\":1e99}", "space.json is not a valid description: ")]
    public void Read_AnotherFile_SaysWhy(string json, string message)
    {
        string text = Assert.Throws<InvalidDataException>(() => Read(json)).Message;

        Assert.Contains(message, text);
        Assert.InRange(text.Length, 1, 1_000);
    }

    [Fact]
    public void Read_HostileFiles_AreRefusedInFewWords()
    {
        string deep = string.Concat(Enumerable.Repeat("[", 10_000)), wide = string.Join(',', Enumerable.Repeat("1", 200_000));
        string many = string.Join(',', Enumerable.Repeat("""{"target":"stem.width","values":[1]}""", 65)), text = new('x', 1_000_000);
        string[] files =
        [
            $$"""{"version":1,"type":"search-space","dimensions":[{"target":"stem.width","values":[{{deep}}]}]}""",
            $$"""{"version":1,"type":"search-space","preset":"WRN-28-10","dimensions":[{"target":"stem.width","values":[{{wide}}]}]}""",
            $$"""{"version":1,"type":"search-space","preset":"{{text}}"}""",
            $$"""{"version":1,"type":"search-space","preset":"WRN-28-10","dimensions":[{"target":"block","values":["{{text}}"]}]}""",
            $$"""{"version":1,"type":"search-space","preset":"WRN-28-10","dimensions":[{{many}}]}""",
            new string(' ', DescriptionJson.MostCharacters + 1),
        ];
        Assert.All(files, file =>
        {
            string message = Record.Exception(() => Read(file).Problems().ThrowIfAny("file"))!.Message;
            Assert.InRange(message.Length, 1, 2_000);
        });
    }

    [Fact]
    public void Read_FromADisk_SaysWhichFile()
    {
        using TestFolder folder = new();
        string path = folder.In("space.json");
        File.WriteAllText(path, Example);
        Assert.Equal(Read(Example), SpaceFile.Read(path));
        File.WriteAllText(path, "no JSON");
        Assert.Contains("space.json is not a valid description", Assert.Throws<InvalidDataException>(() => SpaceFile.Read(path)).Message);
        using (FileStream huge = File.OpenWrite(path))
            huge.SetLength(1L << 32);
        Assert.Contains("has 4294967296 bytes", Assert.Throws<InvalidDataException>(() => SpaceFile.Read(path)).Message);
        Assert.Throws<FileNotFoundException>(() => SpaceFile.Read(folder.In("none.json")));
    }
}
