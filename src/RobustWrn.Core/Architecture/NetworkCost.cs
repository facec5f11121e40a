using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>What a network costs for images of one size.</summary>
/// <param name="Parameters">Learned numbers, without buffers such as running statistics.</param>
/// <param name="MultiplyAdds">
/// Multiply-adds of convolutions and linear layers for one image (MACs; most papers print them as "FLOPs").
/// </param>
public sealed record NetworkCost(long Parameters, long MultiplyAdds)
{
    /// <summary>The parts in the order of the forward pass: stem, stages, head. Their sums are the totals.</summary>
    public ValueList<PartCost> Parts { get; init; } = ValueList<PartCost>.Empty;

    /// <summary>
    /// Numbers that a training step keeps for the backward pass, for one image; see <see cref="CostTrace"/> for what is kept.
    /// </summary>
    public long TrainingActivations => Parts.Sum(part => part.TrainingActivations);

    /// <summary>
    /// Numbers that an attack step on the module, parameters frozen, keeps for the gradient of the pixels, for one image.
    /// </summary>
    public long AttackActivations => Parts.Sum(part => part.AttackActivations);

    /// <summary>Layers with weights, as far as traces say them.</summary>
    internal long Layers => Parts.Sum(part => part.Layers);

    /// <summary>The largest feature map, in numbers for one image.</summary>
    public long LargestMap => Parts.Count == 0 ? 0 : Parts.Max(part => part.LargestMap);

    /// <summary>
    /// The peak of the activation memory of a training step: batch x (kept + largest map) x bytes of a number.
    /// The largest map stands for the gradient that flows back beside what is kept, and for what a layer needs while it runs;
    /// measured peaks lie within 25 % of it. Weights, their gradients, the optimiser's state and the random numbers of dropout come on
    /// top.
    /// </summary>
    /// <param name="batchSize">Images of the step.</param>
    /// <param name="dtype">Type of the features.</param>
    public long TrainingActivationBytes(int batchSize, ScalarType dtype = ScalarType.Float32) => Bytes(TrainingActivations, batchSize, dtype);

    /// <summary>The peak of the activation memory of an attack step on the module, by the same formula.</summary>
    /// <param name="batchSize">Images of the step.</param>
    /// <param name="dtype">Type of the features.</param>
    public long AttackActivationBytes(int batchSize, ScalarType dtype = ScalarType.Float32) => Bytes(AttackActivations, batchSize, dtype);

    /// <summary>The cost of parts one after another.</summary>
    public static NetworkCost Of(IEnumerable<PartCost> parts)
    {
        ValueList<PartCost> list = parts.ToValueList();
        return new NetworkCost(list.Sum(part => part.Parameters), list.Sum(part => part.MultiplyAdds)) { Parts = list };
    }

    private long Bytes(long kept, int batchSize, ScalarType dtype)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        return checked(batchSize * (kept + LargestMap) * dtype.ElementSize());
    }

    /// <summary>Parameters and multiply-adds.</summary>
    public override string ToString() => $"{Quantity.Short(Parameters)} parameters, {Quantity.Short(MultiplyAdds)} MACs";
}

/// <summary>What one part of a network costs: the stem, a stage, the head.</summary>
/// <param name="Name">The part's name.</param>
/// <param name="Parameters">Learned numbers.</param>
/// <param name="MultiplyAdds">Multiply-adds for one image.</param>
/// <param name="Channels">Channels of its output.</param>
/// <param name="Height">Rows of its output.</param>
/// <param name="Width">Columns of its output.</param>
public sealed record PartCost(string Name, long Parameters, long MultiplyAdds, int Channels, int Height, int Width)
{
    /// <summary>Blocks in it; 0 for stem and head.</summary>
    public int Blocks { get; init; }

    /// <summary>Numbers that a training step keeps of it for the backward pass, for one image.</summary>
    public long TrainingActivations { get; init; }

    /// <summary>Numbers that an attack step keeps of it for the gradient of the pixels, for one image.</summary>
    public long AttackActivations { get; init; }

    /// <summary>Its layers with weights.</summary>
    internal long Layers { get; init; }

    /// <summary>Its largest feature map, in numbers for one image.</summary>
    public long LargestMap { get; init; }

    /// <summary>A part from its traces.</summary>
    /// <param name="name">The part's name.</param>
    /// <param name="output">What it writes.</param>
    /// <param name="traces">Traces of its blocks, and how often each occurs.</param>
    public static PartCost Of(string name, FeatureMap output, params ReadOnlySpan<(CostTrace Trace, int Times)> traces)
    {
        long parameters = 0, multiplyAdds = 0, training = 0, attack = 0, largest = 0, layers = 0;
        foreach ((CostTrace trace, int times) in traces)
        {
            checked
            {
                parameters += times * trace.Parameters;
                layers += times * trace.Layers;
                multiplyAdds += times * trace.MultiplyAdds;
                training += times * trace.KeptByTraining;
                attack += times * trace.KeptByAttack;
                largest = Math.Max(largest, trace.LargestMap);
            }
        }
        return new PartCost(name, parameters, multiplyAdds, output.Channels, output.Height, output.Width)
        {
            TrainingActivations = training,
            AttackActivations = attack,
            LargestMap = largest,
            Layers = layers,
        };
    }

    /// <summary>Name, output and cost.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Name} ({Channels} x {Height} x {Width}): {Quantity.Short(Parameters)} parameters, {Quantity.Short(MultiplyAdds)} MACs");
}
