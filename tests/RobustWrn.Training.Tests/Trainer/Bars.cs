using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Training.Tests;

/// <summary>Two classes of 8x8 images that a tiny network learns in a few steps: upright bars, or lying ones, under noise.</summary>
internal sealed class Bars(long count, long seed, int channels = 1, int classes = 2) : IImageSource
{
    private readonly RandomStream _noise = RandomStream.From(seed);

    /// <summary>Called with the indices before each reading; may throw.</summary>
    public Action<long[]>? OnRead { get; set; }

    public long Count { get; } = count;

    public int Channels { get; } = channels;

    public int Height => 8;

    public int Width => 8;

    public ValueList<string> ClassNames { get; } = Enumerable.Range(0, classes).Select(i => $"class {i}").ToValueList();

    public string Fingerprint { get; } = $"bars {count} {seed} {channels} {classes}";

    public static TrainingSplits Splits(long train = 50, long validation = 20, Action<long[]>? onRead = null) =>
        new(new Bars(train, 1) { OnRead = onRead }, new Bars(validation, 2) { OnRead = onRead });

    public ImageBatch Read(ReadOnlySpan<long> indices, Device? device = null)
    {
        long[] ids = indices.ToArray();
        OnRead?.Invoke(ids);
        using DisposeScope scope = NewDisposeScope();
        Tensor labels = tensor(ids.Select(id => id % 2).ToArray());
        Tensor upright = ScalarArithmetic.Counting(8).Modulo(2).to(ScalarType.Float32).reshape(1, 1, 1, 8).expand(1, 1, 8, 8);
        Tensor bar = where(labels.IsEqualTo(0).reshape(-1, 1, 1, 1), upright, upright.transpose(2, 3));
        Tensor images = bar.Times(0.5).Plus(_noise.Uniform(ids, [Channels, 8, 8]).Times(0.3)).Plus(0.2).Clamped(0, 1);
        return new ImageBatch(images.to(device ?? CPU).MoveToOuterDisposeScope(), labels.to(device ?? CPU).MoveToOuterDisposeScope(), ids);
    }
}
