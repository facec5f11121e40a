using System.Globalization;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>What pixels themselves tell of how they were made.</summary>
internal static class PixelRange
{
    /// <summary>NaN and pixels outside [0, 1].</summary>
    public static IEnumerable<AuditFinding> Box(IAuditCheck check, Tensor images)
    {
        using DisposeScope scope = NewDisposeScope();
        long nan = images.flatten(1).isfinite().all(1).logical_not().sum().WholeNumber(), outside = (images.IsBelow(0) | images.IsAbove(1)).flatten(1).any(1).sum().WholeNumber();
        if (nan > 0)
        {
            yield return AuditFinding.Of(check, AuditVerdict.Invalid, "pixels must be finite", string.Create(CultureInfo.InvariantCulture, $"got NaN or infinity in {nan} of {Quantity.Of(images.shape[0], "image")}"),
                "Look for divisions by 0 in what prepared them.");
        }
        if (outside > 0)
        {
            yield return AuditFinding.Of(check, AuditVerdict.Invalid, "pixels must lie in [0, 1]",
                string.Create(CultureInfo.InvariantCulture, $"got others in {outside} of {Quantity.Of(images.shape[0], "image")}, from {images.min().Number():g4} to {images.max().Number():g4}"),
                "Divide 8-bit pixels by 255, and put normalisation inside the model.");
        }
    }

    /// <summary>Pixels of all images together that fill too little of [0, 1].</summary>
    public static IEnumerable<AuditFinding> Scale(IAuditCheck check, Tensor images, double narrow)
    {
        using DisposeScope scope = NewDisposeScope();
        double low = images.min().Number(), high = images.max().Number();
        // One flat image is a test, not a scale.
        return low == high || !(high - low < narrow) ? [] : [AuditFinding.Of(check, AuditVerdict.Suspect, "pixels must be on the scale of the threat, from black at 0 to white at 1",
            string.Create(CultureInfo.InvariantCulture, $"got all pixels of {Quantity.Of(images.shape[0], "image")} between {low:g3} and {high:g3}"),
            "Were they divided by 255 twice? A radius in pixel units means nothing on another scale.")];
    }
}
