using Microsoft.Extensions.Logging;
using RobustWrn.Attacks;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Training;

/// <summary>
/// The number of images of a batch that are attacked at once: all of them, until memory runs out, and half as many from then on.
/// In evaluation mode images do not see each other, and noise belongs to the example, so the result is the same;
/// by the statistics of the batch it is not, and the batch stays whole.
/// </summary>
/// <param name="logger">Told when it gets smaller.</param>
internal sealed class AttackParts(ILogger logger)
{
    private int? _size;

    /// <summary>Runs an attack.</summary>
    /// <param name="context">The batch.</param>
    /// <param name="attack">From a part of it to its adversarial images.</param>
    /// <returns>(N, C, H, W). The caller disposes it.</returns>
    public Tensor Run(AttackContext context, Func<AttackContext, Tensor> attack)
    {
        if (context.BatchNorm != BatchNormMode.Evaluation)
            return attack(context);
        int images = (int)context.Images.shape[0];
        while (true)
        {
            int atOnce = Math.Min(_size ?? images, images);
            try
            {
                return atOnce == images ? attack(context) : InParts(context, atOnce, attack);
            }
            catch (Exception e) when (atOnce > 1 && OutOfMemory.Is(e))
            {
                _size = (atOnce + 1) / 2;
                TrainingLog.AttackedInParts(logger, atOnce, _size.Value, OutOfMemory.FirstLine(e));
            }
        }
    }

    private static Tensor InParts(AttackContext context, int atOnce, Func<AttackContext, Tensor> attack)
    {
        using DisposeScope scope = NewDisposeScope();
        List<Tensor> parts = [];
        for (int from = 0; from < context.Images.shape[0]; from += atOnce)
            parts.Add(attack(context.Rows(from..(int)Math.Min(from + atOnce, context.Images.shape[0]))));
        return cat(parts).MoveToOuterDisposeScope();
    }
}
