using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Attacks;

/// <summary>What a model makes of images that were found by attacking, usually, another model.</summary>
/// <param name="Correct">Images it classifies rightly.</param>
/// <param name="Examples">Each image, in the order of the set.</param>
public sealed record Replay(Proportion Correct, ValueList<ReplayedExample> Examples)
{
    /// <summary>The accuracy.</summary>
    public override string ToString() => $"{Correct} right";
}

/// <summary>What a model makes of one image.</summary>
/// <param name="Index">The id of the example in its split.</param>
/// <param name="Label">Its class.</param>
/// <param name="Prediction">The class the model gives it.</param>
public sealed record ReplayedExample(long Index, int Label, int Prediction)
{
    /// <summary>The image, its class and the prediction.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"image {Index}: class {Label}, prediction {Prediction}");
}
