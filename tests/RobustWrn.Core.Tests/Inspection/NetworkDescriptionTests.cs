using System.Globalization;
using CsCheck;

namespace RobustWrn.Core.Tests;

public class NetworkDescriptionTests
{
    [Fact]
    public void Describe_PublishedNetwork_PrintsItsTable()
    {
        string[] lines = WideResNetSpec.Wrn34R.Describe().ToString().Split(Environment.NewLine);

        Assert.Equal("WRN-34-R for images of 3 x 32 x 32 in 10 classes: 68.12 M parameters, 19.13 G MACs", lines[0]);
        Assert.Equal("part     blocks  width  resolution  parameters    share            MACs    share", lines[1]);
        Assert.Equal("stage 2       5    640     16 x 16  35,237,760   51.7 %   9,017,753,600   47.1 %", lines[4]);
        Assert.Equal("total        15                     68,116,698  100.0 %  19,132,765,184  100.0 %", lines[7]);
        Assert.Equal("activations of an image in float32: 41.39 MiB in a training step, 41.39 MiB in an attack step", lines[8]);
        Assert.Equal(9, lines.Length);
    }

    [Fact]
    public void Describe_OtherImageSize_CountsForThatSize()
    {
        NetworkDescription description = WideResNetSpec.Wrn(16, 4).Describe(48, 24);

        Assert.Equal(WideResNetSpec.Wrn(16, 4).Cost(48, 24), description.Cost);
        Assert.Equal("24 x 12", description.Rows[2][3]);
    }

    /// <summary>The printed numbers, read back, are those of the built network's stages.</summary>
    [Fact]
    public void Describe_RandomNetworks_RowsAddUpToTheTotal() => SpecGen.Spec.Sample(spec =>
    {
        NetworkDescription description = spec.Describe(16, 16);
        ValueList<ValueList<string>> rows = description.Rows;

        Assert.All(rows, row => Assert.Equal(NetworkDescription.Columns.Count, row.Count));
        Assert.Equal(spec.Stages.Select(stage => stage.Depth), rows.Skip(1).Take(spec.Stages.Count).Select(row => (int)Number(row[1])));
        Assert.Equal(spec.Stages.Select(stage => stage.OutChannels), rows.Skip(1).Take(spec.Stages.Count).Select(row => (int)Number(row[2])));
        Assert.Equal(spec.Cost(16, 16).Parameters, rows.SkipLast(1).Sum(row => Number(row[4])));
        Assert.Equal(spec.Cost(16, 16).MultiplyAdds, rows.SkipLast(1).Sum(row => Number(row[6])));
        Assert.Equal([Number(rows[^1][4]), Number(rows[^1][6])], [spec.Cost(16, 16).Parameters, spec.Cost(16, 16).MultiplyAdds]);
    }, iter: 200, threads: 1);

    [Fact]
    public void Describe_InvalidNetwork_IsRefused() => Assert.Throws<InvalidDescriptionException>(() => (WideResNetSpec.Wrn34R with { Classes = 1 }).Describe());

    [Fact]
    public void Describe_EveryPreset_HasARowForEachPartAndTheTotal() =>
        Assert.All(NetworkPresets.All, preset => Assert.Equal(preset.Spec.Cost(32, 32).Parts.Count + 1, preset.Spec.Describe().Rows.Count));

    private static long Number(string cell) => long.Parse(cell, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
}
