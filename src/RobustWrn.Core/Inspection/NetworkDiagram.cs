using System.Globalization;
using System.Xml.Linq;

namespace RobustWrn.Core;

/// <summary>
/// A drawing of a network: its parts from top to bottom, each a box whose width is proportional to the channels of its output and whose
/// height is proportional to its blocks, both on linear scales. Parts without blocks (stem, head) are bars of one height. Immutable;
/// the same network gives the same drawing.
/// </summary>
/// <param name="Description">What is drawn.</param>
public sealed record NetworkDiagram(NetworkDescription Description)
{
    private const double BoxesWide = 320, BlocksHigh = 300, TallestBlock = 22, Bar = 6, Margin = 20, Gap = 14, Slot = 34, LabelsWide = 280, Head = 46, Foot = 46;
    private const string Paper = "#ffffff", Edge = "#8c959f", Ink = "#1f2328", Pale = "#57606a", Stage = "#3b78c4", Line = "#ffffff", Thin = "#6e7781";

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    /// <summary>
    /// Channels that fill the width of the drawing. Default, when null: the most that a part has; fewer count as that.
    /// Give several drawings one number to compare their widths.
    /// </summary>
    public int? FullWidth { get; init; }

    /// <summary>
    /// Blocks that fill the height of the drawing, as far as no block gets higher than 22 units. Default, when null: all of the network;
    /// fewer than it has count as all. Give several drawings one number to compare their heights.
    /// </summary>
    public int? FullHeight { get; init; }

    /// <summary>Units of the drawing for each channel.</summary>
    public double ChannelScale => BoxesWide / Math.Max(FullWidth ?? 0, Math.Max(1, Description.Cost.Parts.Select(part => part.Channels).DefaultIfEmpty().Max()));

    /// <summary>Units of the drawing for each block.</summary>
    public double BlockScale => Math.Min(TallestBlock, BlocksHigh / Math.Max(FullHeight ?? 0, Math.Max(1, Description.Cost.Parts.Sum(part => part.Blocks))));

    /// <summary>The boxes, in the order of the forward pass.</summary>
    public ValueList<DiagramBox> Boxes
    {
        get
        {
            List<DiagramBox> boxes = [];
            double top = Head;
            foreach (PartCost part in Description.Cost.Parts)
            {
                double width = part.Channels * ChannelScale, height = part.Blocks == 0 ? Bar : part.Blocks * BlockScale, slot = Math.Max(Slot, height);
                boxes.Add(new DiagramBox(part, Margin + (BoxesWide - width) / 2, top + (slot - height) / 2, width, height));
                top += slot + Gap;
            }
            return boxes.ToValueList();
        }
    }

    /// <summary>
    /// The drawing as a file of its own, which can also be put into a page as it is: nothing is fetched, no name in it can clash,
    /// its paper is opaque.
    /// </summary>
    public string ToSvg()
    {
        ValueList<DiagramBox> boxes = Boxes;
        double width = Margin + BoxesWide + Gap + LabelsWide + Margin, bottom = boxes.Count == 0 ? Head : boxes.Max(box => Math.Max(box.Y + box.Height, box.Middle + Slot / 2)), height = bottom + Gap + Foot;
        XElement drawing = new(Svg + "svg",
            new XAttribute("viewBox", $"0 0 {Number(width)} {Number(height)}"), new XAttribute("width", Number(width)), new XAttribute("height", Number(height)),
            new XAttribute("role", "img"), new XAttribute("aria-label", Description.Summary),
            new XAttribute("font-family", "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', Helvetica, Arial, sans-serif"),
            new XElement(Svg + "title", Description.Summary),
            new XElement(Svg + "desc", string.Join("; ", boxes.Select(box => $"{box.Part.Name}: {Label(box.Part)}"))),
            Rectangle(0.5, 0.5, width - 1, height - 1, Paper, new XAttribute("rx", 8), new XAttribute("stroke", Edge)),
            Text(Margin, 28, Ink, 16, Shortened(Description.Name, 60), new XAttribute("font-weight", "600")),
            boxes.Zip(boxes.Skip(1), Arrow), boxes.SelectMany(Drawn),
            Text(Margin, height - 32, Pale, 11, $"{NetworkDescription.Short(Description.Cost.Parameters)} parameters, {NetworkDescription.Short(Description.Cost.MultiplyAdds)} MACs at {Description.Height} x {Description.Width}."),
            Text(Margin, height - 16, Pale, 11, "Widths by channels, heights by blocks, both linear."));
        return drawing.ToString();
    }

    private IEnumerable<XElement> Drawn(DiagramBox box)
    {
        PartCost part = box.Part;
        yield return Rectangle(box.X, box.Y, box.Width, box.Height, part.Blocks == 0 ? Thin : Stage, new XAttribute("data-part", part.Name));
        // Lines between blocks, where there is room for them.
        for (int block = 1; block < part.Blocks && BlockScale >= 4; block++)
        {
            double y = box.Y + block * BlockScale;
            yield return new XElement(Svg + "line", At("x1", box.X), At("x2", box.X + box.Width), At("y1", y), At("y2", y), new XAttribute("stroke", Line), new XAttribute("stroke-width", BlockScale < 8 ? "0.5" : "1"));
        }
        double left = Margin + BoxesWide + Gap;
        yield return Text(left, box.Middle - 3, Ink, 13, Shortened($"{part.Name}: {Label(part)}", 38));
        yield return Text(left, box.Middle + 13, Pale, 11,
            $"{NetworkDescription.Share(part.MultiplyAdds, Description.Cost.MultiplyAdds)} of MACs, {NetworkDescription.Share(part.Parameters, Description.Cost.Parameters)} of parameters");
    }

    private static XElement Arrow(DiagramBox from, DiagramBox to)
    {
        double x = Margin + BoxesWide / 2, start = from.Y + from.Height + 2, end = to.Y - 2;
        return new XElement(Svg + "path", new XAttribute("d", $"M{Number(x)} {Number(start)}V{Number(end)}m-3 -4l3 4l3 -4"),
            new XAttribute("fill", "none"), new XAttribute("stroke", Edge), new XAttribute("stroke-width", "1.5"));
    }

    private static string Label(PartCost part) => (part.Blocks == 0 ? "" : $"{Quantity.Of(part.Blocks, "block")}, ") + $"{part.Channels} x {part.Height} x {part.Width}";

    // The whole text stands in the drawing's title and description.
    private static string Shortened(string text, int length) => text.Length <= length ? text : text[..(length - 1)] + "\u2026";

    private static XElement Rectangle(double x, double y, double width, double height, string fill, params object[] more) =>
        new(Svg + "rect", At("x", x), At("y", y), At("width", width), At("height", height), new XAttribute("fill", fill), more);

    private static XElement Text(double x, double y, string fill, int size, string text, params object[] more) =>
        new(Svg + "text", At("x", x), At("y", y), new XAttribute("font-size", size), new XAttribute("fill", fill), more, text);

    private static XAttribute At(string name, double value) => new(name, Number(value));

    private static string Number(double value) => Math.Round(value, 3).ToString(CultureInfo.InvariantCulture);

    /// <summary>What is drawn; <see cref="ToSvg"/> draws it.</summary>
    public override string ToString() => $"drawing of {Description.Summary}";
}

/// <summary>Where a part of a network stands in a <see cref="NetworkDiagram"/>; the origin is the top left corner.</summary>
/// <param name="Part">The part.</param>
/// <param name="X">Its left side.</param>
/// <param name="Y">Its top.</param>
/// <param name="Width">Proportional to its channels.</param>
/// <param name="Height">Proportional to its blocks.</param>
public sealed record DiagramBox(PartCost Part, double X, double Y, double Width, double Height)
{
    /// <summary>Half its height down.</summary>
    internal double Middle => Y + Height / 2;

    /// <summary>The part and its place.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Part.Name} at ({X:0.#}, {Y:0.#}), {Width:0.#} x {Height:0.#}");
}
