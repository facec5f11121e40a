using System.Globalization;
using System.Xml.Linq;
using CsCheck;
using TorchSharp;

namespace RobustWrn.Core.Tests;

public class NetworkDiagramTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void ToSvg_RandomNetworks_DrawsWidthsByChannelsAndHeightsByBlocks() => SpecGen.Spec.Sample(spec =>
    {
        XElement drawing = XElement.Parse(spec.Draw(16, 16).ToSvg());
        XElement[] boxes = Boxes(drawing), stages = boxes[1..^1];

        Assert.Equal(["stem", .. spec.Stages.Select((_, stage) => $"stage {stage + 1}"), "head"], boxes.Select(box => (string?)box.Attribute("data-part")));
        int[] channels = [spec.Stem.Width, .. spec.Stages.Select(stage => stage.OutChannels), spec.Classes];
        Assert.All(boxes.Zip(channels), pair => Assert.Equal(320.0 * pair.Second / channels.Max(), Number(pair.First, "width"), 0.001));
        double block = Math.Min(22, 300.0 / spec.Stages.Sum(stage => stage.Depth));
        Assert.All(stages.Zip(spec.Stages), pair => Assert.Equal(block * pair.Second.Depth, Number(pair.First, "height"), 0.001));
    }, iter: 200, threads: 1);

    [Fact]
    public void ToSvg_RandomNetworks_KeepsEverythingApartAndOnThePaper() => SpecGen.Spec.Sample(spec =>
    {
        XElement drawing = XElement.Parse(spec.Draw(16, 16).ToSvg());
        XElement[] boxes = Boxes(drawing), labels = [.. drawing.Elements(Svg + "text")];
        double width = Number(drawing, "width"), height = Number(drawing, "height");

        Assert.All(boxes.Zip(boxes.Skip(1)), pair => Assert.True(Number(pair.First, "y") + Number(pair.First, "height") + 8 <= Number(pair.Second, "y")));
        Assert.All(boxes, box => Assert.True(Number(box, "x") >= 20 && Number(box, "x") + Number(box, "width") <= 340.001));
        double[] lines = [.. labels.Select(label => Number(label, "y")).Order()];
        Assert.All(lines.Zip(lines.Skip(1)), pair => Assert.True(pair.Second - pair.First >= 13));
        Assert.All(labels, label => Assert.InRange(Number(label, "y"), 11, height - 10));
        // No letter of these fonts is wider than 0.62 of its size on average.
        Assert.All(labels, label => Assert.True(Number(label, "x") + 0.62 * Number(label, "font-size") * label.Value.Length <= width, label.Value));
    }, iter: 200, threads: 1);

    [Fact]
    public void ToSvg_Paper_IsOpaqueAndItsTextStandsOut()
    {
        XElement drawing = XElement.Parse(WideResNetSpec.Wrn34R.Draw().ToSvg());
        XElement paper = drawing.Elements(Svg + "rect").First();

        Assert.True(Number(paper, "width") >= Number(drawing, "width") - 1 && Number(paper, "height") >= Number(drawing, "height") - 1);
        Assert.All(drawing.Elements(Svg + "text"), text => Assert.True(Contrast((string)text.Attribute("fill")!, (string)paper.Attribute("fill")!) >= 4.5, text.Value));
        Assert.All(Boxes(drawing), box => Assert.True(Contrast((string)box.Attribute("fill")!, (string)paper.Attribute("fill")!) >= 3));
    }

    [Fact]
    public void ToSvg_NameWithMarkup_IsTextNotMarkup()
    {
        XElement drawing = XElement.Parse(new Named("<b>&\"wide\" network of a user who gives it quite a long name, longer than the paper is wide").Draw().ToSvg());

        Assert.StartsWith("<b>&\"wide\"", drawing.Element(Svg + "title")!.Value);
        Assert.Contains("longer than the paper is wide", drawing.Element(Svg + "title")!.Value);
        Assert.EndsWith("\u2026", drawing.Elements(Svg + "text").First().Value);
        Assert.All(drawing.Descendants(), element => Assert.Equal(Svg, element.Name.Namespace));
    }

    [Fact]
    public void ToSvg_Reader_FindsTitleAndDescriptionAndNothingToFetch()
    {
        string text = WideResNetSpec.Wrn(28, 10).Draw().ToSvg();
        XElement drawing = XElement.Parse(text);

        Assert.Equal("img", (string?)drawing.Attribute("role"));
        Assert.Equal("WRN-28-10 for images of 3 x 32 x 32 in 10 classes: 36.48 M parameters, 5.24 G MACs", drawing.Element(Svg + "title")!.Value);
        Assert.Contains("stage 3: 4 blocks, 640 x 8 x 8", drawing.Element(Svg + "desc")!.Value);
        Assert.DoesNotContain("href", text);
        Assert.DoesNotContain(" id=", text);
        Assert.DoesNotContain("url(", text);
    }

    [Fact]
    public void Draw_SharedScale_MakesTwoNetworksComparable()
    {
        NetworkDiagram small = WideResNetSpec.Wrn(16, 4).Draw() with { FullWidth = 640, FullHeight = 40 }, large = WideResNetSpec.Wrn(28, 10).Draw() with { FullWidth = 640, FullHeight = 40 };

        Assert.Equal(10.0 / 4, large.Boxes[2].Width / small.Boxes[2].Width, 1e-12);
        Assert.Equal(2, large.Boxes[2].Height / small.Boxes[2].Height, 1e-12);
        Assert.Equal(WideResNetSpec.Wrn(28, 10).Draw().ToSvg(), (WideResNetSpec.Wrn(28, 10).Draw() with { FullWidth = 3, FullHeight = 1 }).ToSvg());
    }

    [Fact]
    public void ToSvg_EveryPreset_IsDrawn() => Assert.All(NetworkPresets.All, preset =>
        Assert.Equal(preset.Spec.Cost(32, 32).Parts.Count, Boxes(XElement.Parse(preset.Spec.Draw().ToSvg())).Length));

    private static XElement[] Boxes(XElement drawing) => [.. drawing.Elements(Svg + "rect").Where(box => box.Attribute("data-part") is not null)];

    private static double Number(XElement element, string attribute) => double.Parse((string)element.Attribute(attribute)!, CultureInfo.InvariantCulture);

    // WCAG 2.1: relative luminance and contrast ratio.
    private static double Contrast(string one, string other)
    {
        double[] lights = [Luminance(one), Luminance(other)];
        return (lights.Max() + 0.05) / (lights.Min() + 0.05);
    }

    private static double Luminance(string colour)
    {
        double Channel(int at)
        {
            double value = Convert.ToInt32(colour.Substring(at, 2), 16) / 255.0;
            return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
        }

        return 0.2126 * Channel(1) + 0.7152 * Channel(3) + 0.0722 * Channel(5);
    }

    private sealed record Named(string Name) : INetworkSpec
    {
        public int Classes => 10;

        public int InputChannels => 3;

        public NetworkCost Cost(int height, int width) => WideResNetSpec.Wrn(10, 1).Cost(height, width);

        public Classifier Build(Seed seed, torch.Device? device = null) => throw new NotSupportedException();

        public IEnumerable<Problem> Problems() => [];
    }
}
