namespace RobustWrn.Core;

/// <summary>
/// A forward pass in shapes only: blocks, activations and normalisations say which layers they run, and the trace adds up learned
/// numbers, multiply-adds and the features that libtorch keeps for the backward pass. Nothing is allocated. Arithmetic is checked:
/// what does not fit is an <see cref="OverflowException"/>.
/// </summary>
/// <remarks>
/// Kept are the inputs of convolutions and normalisations, whether or not their weights learn (libtorch 2.10 keeps them with frozen
/// weights too), the inputs of linear layers whose weights learn, both sides of products, and what <see cref="KeptForBackward"/> says of
/// activations; a tensor that two layers keep counts once, in the trace of the first. Tensors whose size does not grow with the batch
/// count as nothing.
/// </remarks>
public sealed class CostTrace
{
    private readonly List<Problem> _problems = [];

    /// <summary>Learned numbers so far.</summary>
    public long Parameters { get; private set; }

    /// <summary>How often numbers were learned so far: layers with weights, each at least one tensor of a file.</summary>
    internal long Layers { get; private set; }

    /// <summary>Multiply-adds of convolutions and linear layers for one image so far.</summary>
    public long MultiplyAdds { get; private set; }

    /// <summary>Numbers kept for the gradient of an attack step, parameters frozen, for one image.</summary>
    public long KeptByAttack { get; private set; }

    /// <summary>Numbers kept for the gradients of a training step, for one image.</summary>
    public long KeptByTraining { get; private set; }

    /// <summary>The largest feature map so far, in numbers for one image.</summary>
    public long LargestMap { get; private set; }

    /// <summary>What layers found impossible, such as channels that do not divide into groups.</summary>
    public IReadOnlyList<Problem> Problems => _problems;

    /// <summary>Reports something that cannot be built.</summary>
    public void Report(Problem problem) => _problems.Add(problem);

    /// <summary>Adds learned numbers.</summary>
    public void Learn(long count)
    {
        Parameters = checked(Parameters + count);
        Layers++;
    }

    /// <summary>A convolution that keeps the size at stride 1.</summary>
    /// <param name="input">What it reads.</param>
    /// <param name="outChannels">Channels of its output.</param>
    /// <param name="kernel">Side of its window, odd.</param>
    /// <param name="stride">Step of its window.</param>
    /// <param name="groups">Groups of channels; must divide both sides.</param>
    /// <param name="bias">Whether it adds one number a channel.</param>
    /// <param name="padding">Where the zeros go.</param>
    public FeatureMap Convolution(FeatureMap input, int outChannels, int kernel, int stride = 1, int groups = 1, bool bias = false, Padding padding = Padding.Symmetric)
    {
        if (groups < 1 || input.Channels % groups != 0 || outChannels % groups != 0)
            Report(new Problem("Channels", $"must divide into {groups} groups, got a convolution from {input.Channels} to {outChannels}."));
        long weights = checked((long)(input.Channels / Math.Max(1, groups)) * outChannels * kernel * kernel);
        FeatureMap output = New(outChannels, LayerCost.Strided(input.Height, stride), LayerCost.Strided(input.Width, stride));
        Learn(weights + (bias ? outChannels : 0));
        MultiplyAdds = checked(MultiplyAdds + weights * output.Height * output.Width);
        Keep(Padded(input, kernel, stride, padding));
        return output;
    }

    /// <summary>A linear layer on pooled features.</summary>
    /// <param name="input">What it reads, 1 x 1.</param>
    /// <param name="outFeatures">Numbers it writes.</param>
    /// <param name="bias">Whether it adds one number a feature.</param>
    public FeatureMap Linear(FeatureMap input, int outFeatures, bool bias = true)
    {
        long weights = checked(input.Elements * outFeatures);
        Learn(weights + (bias ? outFeatures : 0));
        MultiplyAdds = checked(MultiplyAdds + weights);
        KeepInTraining(input);
        return New(outFeatures, 1, 1);
    }

    /// <summary>A normalisation with a learned scale and shift per channel.</summary>
    public FeatureMap ScaleAndShift(FeatureMap input)
    {
        Learn(2L * input.Channels);
        Keep(input);
        return Like(input);
    }

    /// <summary>An operation on each number alone.</summary>
    public FeatureMap Elementwise(FeatureMap input, KeptForBackward kept)
    {
        FeatureMap output = Like(input);
        if (kept == KeptForBackward.Input)
            Keep(input);
        if (kept == KeptForBackward.Output)
            Keep(output);
        return output;
    }

    /// <summary>A sum; the other side may be broadcast.</summary>
    public FeatureMap Add(FeatureMap input, FeatureMap other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Like(input);
    }

    /// <summary>Dropout: in training a product with a mask, which is kept; in an attack step its input itself.</summary>
    public FeatureMap Dropout(FeatureMap input)
    {
        KeepInTraining(Like(input));
        return new FeatureMap(input.Channels, input.Height, input.Width) { InEvaluation = input };
    }

    /// <summary>A product; the other side may be broadcast.</summary>
    public FeatureMap Multiply(FeatureMap input, FeatureMap other)
    {
        Keep(input);
        Keep(other);
        return Like(input);
    }

    /// <summary>Average pooling; it keeps its input.</summary>
    public FeatureMap AveragePool(FeatureMap input, int stride)
    {
        Keep(input);
        return New(input.Channels, LayerCost.Strided(input.Height, stride), LayerCost.Strided(input.Width, stride));
    }

    /// <summary>
    /// Maximum pooling of a window of 3 with a margin of 1; it keeps its input and, as 64-bit numbers, where each maximum stood.
    /// </summary>
    public FeatureMap MaxPool(FeatureMap input, int stride)
    {
        FeatureMap output = New(input.Channels, LayerCost.Strided(input.Height, stride), LayerCost.Strided(input.Width, stride));
        Keep(input);
        Keep(new FeatureMap(checked(2 * output.Channels), output.Height, output.Width));
        return output;
    }

    /// <summary>Average pooling of windows side by side, rows and columns that fill no window left out; it keeps its input.</summary>
    /// <param name="input">What it reads.</param>
    /// <param name="window">Side of a window.</param>
    public FeatureMap AveragePoolApart(FeatureMap input, int window)
    {
        Keep(input);
        return New(input.Channels, input.Height / window, input.Width / window);
    }

    /// <summary>
    /// Maximum pooling of windows side by side, rows and columns that fill no window left out; it keeps its input and, as 64-bit numbers,
    /// where each maximum stood.
    /// </summary>
    /// <param name="input">What it reads.</param>
    /// <param name="window">Side of a window.</param>
    public FeatureMap MaxPoolApart(FeatureMap input, int window)
    {
        FeatureMap output = New(input.Channels, input.Height / window, input.Width / window);
        Keep(input);
        Keep(new FeatureMap(checked(2 * output.Channels), output.Height, output.Width));
        return output;
    }

    /// <summary>The mean over all pixels.</summary>
    public FeatureMap GlobalAveragePool(FeatureMap input) => New(input.Channels, 1, 1);

    /// <summary>Feature maps side by side, along the channels.</summary>
    public FeatureMap Concatenate(IReadOnlyCollection<FeatureMap> inputs) => New(inputs.Sum(input => input.Channels), inputs.First().Height, inputs.First().Width);

    /// <summary>Some of the channels, without a copy; a layer that keeps them keeps all.</summary>
    public FeatureMap Slice(FeatureMap input, int channels) => new(channels, input.Height, input.Width, input);

    /// <summary>Counts a tensor as kept until the gradients are computed, in training and in attacks.</summary>
    public void Keep(FeatureMap map)
    {
        KeepInTraining(map);
        KeptByAttack = checked(KeptByAttack + map.EvaluationStorage.KeepForAttack());
    }

    /// <summary>
    /// Counts a tensor as kept in training only: for the gradients of weights, or by a layer that does nothing in evaluation.
    /// </summary>
    public void KeepInTraining(FeatureMap map) => KeptByTraining = checked(KeptByTraining + map.Storage.KeepForTraining());

    private FeatureMap Like(FeatureMap map) => New(map.Channels, map.Height, map.Width);

    private FeatureMap New(int channels, int height, int width)
    {
        FeatureMap map = new(channels, height, width);
        LargestMap = Math.Max(LargestMap, map.Elements);
        return map;
    }

    private FeatureMap Padded(FeatureMap input, int kernel, int stride, Padding padding)
    {
        (int rows, int columns) = (Paddings.Total(input.Height, kernel, stride), Paddings.Total(input.Width, kernel, stride));
        return padding == Padding.Same && (rows % 2 != 0 || columns % 2 != 0) ? New(input.Channels, input.Height + rows, input.Width + columns) : input;
    }
}
