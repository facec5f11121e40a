using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>
/// The draws of the published Square attack, in their order. It draws its windows once for the whole batch, so every image gets the same; stripes, grids and the signs
/// of its L2 windows it draws for each image.
/// </summary>
internal sealed class ReplayedDraws(Tensor draws, int channels, bool signsForAll) : RandomStream(0)
{
    private readonly float[] _draws = draws.data<float>().ToArray();
    private readonly Dictionary<long, int> _queries = [];
    private int _next;

    /// <summary>Whether all draws have been used.</summary>
    public bool Exhausted => _next == _draws.Length;

    /// <summary>How often the model was asked about an image.</summary>
    public long QueriesOf(long example) => _queries[example];

    public override RandomStream For(string purpose) => this;

    public override RandomStream At(long index) => this;

    public override Tensor Uniform(ReadOnlySpan<long> examples, ReadOnlySpan<long> shape, ScalarType dtype = ScalarType.Float32, Device? device = null)
    {
        foreach (long example in examples)
            _queries[example] = _queries.GetValueOrDefault(example) + 1;
        int n = examples.Length;
        using DisposeScope scope = NewDisposeScope();
        Tensor result = shape.Length == 3 ? Own(n, shape) // stripes
            : shape.Length == 2 ? stack([.. Enumerable.Range(0, (int)shape[0]).Select(_ => Row(n, shared: 1))], 1) // the grid
            : Row(n, shared: (int)shape[0] - channels);
        return result.to(dtype).MoveToOuterDisposeScope();
    }

    // Some numbers for all images, then a sign for each channel, of all images or of each.
    private Tensor Row(int n, int shared)
    {
        Tensor common = Take(shared).expand(n, -1);
        return cat([common, signsForAll ? Take(channels).expand(n, -1) : Own(n, [channels])], 1);
    }

    private Tensor Own(int n, ReadOnlySpan<long> shape)
    {
        int count = n;
        foreach (long side in shape)
            count *= (int)side;
        return Take(count).reshape([n, .. shape]);
    }

    private Tensor Take(int count)
    {
        float[] taken = _draws[_next..(_next + count)];
        _next += count;
        return tensor(taken);
    }
}
