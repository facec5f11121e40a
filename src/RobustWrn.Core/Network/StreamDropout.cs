using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// Dropout (Srivastava et al. 2014) that draws from a <see cref="RandomStream"/> instead of torch's global generator:
/// in training mode each feature is zeroed with probability <see cref="Rate"/> and the others are divided by 1 - rate.
/// </summary>
/// <remarks>
/// Each forward pass since the last <see cref="DrawFrom"/> draws its own mask, so a training step that sets the stream first is
/// reproducible alone.
/// </remarks>
public sealed class StreamDropout : nn.Module<Tensor, Tensor>
{
    private RandomStream _stream = RandomStream.From(0).For("dropout");
    private long[] _examples = [];
    private long _pass;

    /// <summary>Creates the layer.</summary>
    /// <param name="rate">Probability that a feature is zeroed, in [0, 1).</param>
    public StreamDropout(double rate)
        : base(nameof(StreamDropout)) => Rate = rate;

    /// <summary>Probability that a feature is zeroed.</summary>
    public double Rate { get; }

    /// <summary>Sets where the next masks come from.</summary>
    /// <param name="stream">A stream that belongs to this layer and this step alone.</param>
    /// <param name="examples">The ids of the examples of the batch; batches of another size count their rows from 0.</param>
    public void DrawFrom(RandomStream stream, ReadOnlySpan<long> examples)
    {
        _stream = stream;
        _examples = examples.ToArray();
        _pass = 0;
    }

    /// <summary>What the layer costs where it stands: in training it keeps its mask.</summary>
    public static FeatureMap Trace(CostTrace trace, FeatureMap input) => trace.Dropout(input);

    /// <inheritdoc/>
    public override Tensor forward(Tensor input)
    {
        if (!training || Rate == 0)
            return input.alias();
        using DisposeScope scope = NewDisposeScope();
        long rows = input.shape[0];
        long[] examples = _examples.Length == rows ? _examples : [.. Enumerable.Range(0, (int)rows).Select(i => (long)i)];
        Tensor uniform = _stream.At(_pass++).Uniform(examples, input.shape.AsSpan(1), ScalarType.Float32, input.device);
        Tensor mask = uniform.IsAtLeast(Rate).to(input.dtype).Over(1 - Rate);
        return (input * mask).MoveToOuterDisposeScope();
    }
}
