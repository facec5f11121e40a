using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>Answers of a model on the unchanged images of one block.</summary>
/// <param name="Examples">The ids of the images.</param>
/// <param name="Labels">Their classes.</param>
/// <param name="Predictions">The classes that the model gives them.</param>
/// <param name="Margins">The lead of the true class over the next one, in logits.</param>
/// <param name="Classes">Classes that the model tells apart.</param>
internal sealed record CleanBlock(long[] Examples, long[] Labels, long[] Predictions, float[] Margins, long Classes)
{
    /// <summary>Asks the model.</summary>
    /// <param name="model">The model, while it is attacked.</param>
    /// <param name="images">Pixels (N, C, H, W) of the model's dtype.</param>
    /// <param name="labels">Int64 (N).</param>
    /// <param name="examples">The ids of the images.</param>
    public static CleanBlock Of(AttackedModel model, Tensor images, Tensor labels, long[] examples)
    {
        using DisposeScope scope = NewDisposeScope();
        AttackInput.ThrowIfInvalid(images, labels, examples.Length);
        Tensor logits = model.Logits(images);
        AttackInput.ThrowIfOutside(labels, logits);
        return new CleanBlock(
            examples, labels.cpu().data<long>().ToArray(), logits.argmax(1).cpu().data<long>().ToArray(), MarginsOf(logits, labels),
            logits.shape[1]);
    }

    /// <summary>Says that an image is classified rightly.</summary>
    /// <param name="row">Its place in the block.</param>
    public bool IsRight(int row) => Predictions[row] == Labels[row];

    /// <summary>The lead of the true class over the next one, in logits, of each image; below 0 the model errs.</summary>
    public static float[] MarginsOf(Tensor logits, Tensor labels)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor margins = new Margin().PerExample(logits, new AttackGoal(labels, null, null)).neg();
        return margins.to(ScalarType.Float32).cpu().data<float>().ToArray();
    }
}
