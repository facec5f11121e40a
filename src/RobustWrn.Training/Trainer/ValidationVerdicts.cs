using System.Text.Json.Serialization;
using RobustWrn.Core;

namespace RobustWrn.Training;

/// <summary>The verdict on each validation image, in the order of the images: what compares two networks on the same images.</summary>
/// <param name="Right">Classified rightly as it is.</param>
/// <param name="Robust">Classified rightly as it is and under the validation attack.</param>
public sealed record ValidationVerdicts(BitRow Right, BitRow Robust)
{
    /// <summary>The share of images that are classified rightly.</summary>
    [JsonIgnore]
    public Proportion Clean => Right.Share;

    /// <summary>The share of images that are classified rightly under attack, too.</summary>
    [JsonIgnore]
    public Proportion RobustShare => Robust.Share;

    /// <summary>The counts.</summary>
    public override string ToString() => $"right {Right}, robust {Robust}";
}
