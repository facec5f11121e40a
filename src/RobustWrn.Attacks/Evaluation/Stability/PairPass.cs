using System.Globalization;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>One walk over pairs, block by block: each image goes through the model once unchanged and once perturbed, whatever is measured.</summary>
internal sealed class PairPass(nn.Module<Tensor, Tensor> model, IReadOnlyList<IPairMeasure> measures, StageChanges? stages)
{
    private readonly List<double>[] _values = [.. measures.Select(_ => new List<double>())];

    /// <summary>Pairs whose prediction is the same.</summary>
    public Proportion Stable { get; private set; }

    /// <summary>Images classified rightly, unchanged.</summary>
    public Proportion Clean { get; private set; }

    /// <summary>Images classified rightly, unchanged and perturbed.</summary>
    public Proportion Robust { get; private set; }

    /// <summary>What a measure gave, one number a pair.</summary>
    public IReadOnlyList<double> Values(int measure) => _values[measure];

    public void Run(ImagePairs pairs, int blockSize, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(pairs);
        ArgumentOutOfRangeException.ThrowIfLessThan(blockSize, 1);
        TorchRuntime.EnsureLoaded();
        pairs.ThrowIfInvalid();
        using IDisposable guard = no_grad();
        ModelKind kind = ModelKind.Of(model);
        kind.Problems("Model").ThrowIfAny(nameof(ImagePairs));
        ScalarType dtype = kind.Dtype ?? pairs.Images.dtype;
        Device device = kind.Device ?? pairs.Images.device;
        using AttackedModel attacked = new(model);
        for (long from = 0; from < pairs.Count; from += blockSize)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using DisposeScope scope = NewDisposeScope();
            Visit(attacked, pairs.Block(from, Math.Min(blockSize, pairs.Count - from), dtype, device));
        }
    }

    private void Visit(AttackedModel attacked, ImagePairs block)
    {
        (Tensor logits, Tensor perturbed) = stages?.Forward(model, attacked, block) ?? (attacked.Logits(block.Images), attacked.Logits(block.Perturbed));
        AttackInput.ThrowIfOutside(block.Labels, logits);
        Tensor before = logits.argmax(1), after = perturbed.argmax(1);
        Stable += Share(before.eq(after));
        Clean += Share(before.eq(block.Labels));
        Robust += Share(before.eq(block.Labels).logical_and(after.eq(block.Labels)));
        PairContext context = new(attacked, block, logits, perturbed);
        for (int m = 0; m < measures.Count; m++)
            _values[m].AddRange(Checked(measures[m], measures[m].PerExample(context), block.Count));
    }

    private static Proportion Share(Tensor hits) => new(hits.sum().item<long>(), hits.shape[0]);

    private static double[] Checked(IPairMeasure measure, Tensor values, long count)
    {
        if (values.dim() != 1 || values.shape[0] != count)
            throw new InvalidOperationException($"{measure.Name} must give one number for each of {count} pairs, got ({string.Join(", ", values.shape)}).");
        double[] numbers = values.ToDoubles();
        return Array.FindIndex(numbers, number => !double.IsFinite(number)) is >= 0 and int bad
            ? throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{measure.Name} must give finite numbers, got {numbers[bad]}. Look at the model's logits and gradients there."))
            : numbers;
    }
}
