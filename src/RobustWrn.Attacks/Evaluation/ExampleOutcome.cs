using System.Globalization;

namespace RobustWrn.Attacks;

/// <summary>What became of one image.</summary>
/// <param name="Index">The id of the example in its split.</param>
/// <param name="Label">Its class.</param>
/// <param name="CleanPrediction">The class the model gives the unchanged image.</param>
/// <param name="Robust">Whether it is classified rightly, unchanged and after every attack.</param>
/// <param name="BrokenBy">The attack that changed a right answer; null when none did or there was no right answer to change.</param>
public sealed record ExampleOutcome(long Index, int Label, int CleanPrediction, bool Robust, string? BrokenBy = null)
{
    /// <summary>
    /// The smallest lead of the true class over the next one, in logits, that the model showed for the unchanged image and for what the attacks returned: below 0 it errs. It says
    /// how far from falling an image is, on the scale of the model's logits.
    /// </summary>
    public float Margin { get; init; }

    /// <summary>What became of the image.</summary>
    public override string ToString() => (Robust ? "right throughout" : BrokenBy is null ? "wrong unchanged" : $"broken by {BrokenBy}")
        + string.Create(CultureInfo.InvariantCulture, $": image {Index}, class {Label}, clean prediction {CleanPrediction}");
}
