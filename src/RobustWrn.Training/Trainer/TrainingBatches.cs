using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Training;

/// <summary>
/// The images of each batch of a training, with extra images or without: a pure function of stream, epoch and step.
/// </summary>
internal sealed class TrainingBatches
{
    private readonly RandomStream _stream;
    private readonly int _batchSize;
    private readonly ExtraImageBatches? _mixed;
    private (int Epoch, long[] Order)? _latest;

    public TrainingBatches(TrainingSplits data, TrainingRecipe recipe, RandomStream stream)
    {
        (_stream, _batchSize) = (stream, recipe.BatchSize);
        if (data.Extra is { } extra)
        {
            Images = new ExtendedImages(data.Train, extra);
            _mixed = new ExtraImageBatches(data.Train.Count, extra.Count, recipe.BatchSize, recipe.ExtraShare, stream);
            (Steps, ImagesPerEpoch) = (_mixed.Steps, (long)_mixed.Steps * recipe.BatchSize);
            return;
        }
        (Images, ImagesPerEpoch) = (data.Train, data.Train.Count);
        // A last batch of one image is left out: batch norm has nothing to learn from it.
        Steps = checked((int)(data.Train.Count / recipe.BatchSize + (data.Train.Count % recipe.BatchSize > 1 ? 1 : 0)));
    }

    /// <summary>The images that the indices count. To be read by <see cref="Read"/>.</summary>
    public IImageSource Images { get; }

    /// <summary>Batches an epoch.</summary>
    public int Steps { get; }

    /// <summary>Images an epoch.</summary>
    public long ImagesPerEpoch { get; }

    /// <summary>The images of a batch.</summary>
    public long[] At(int epoch, int step)
    {
        if (_mixed is not null)
            return _mixed.At(epoch, step);
        long[] order = Order(epoch);
        int at = step * _batchSize;
        return order[at..Math.Min(at + _batchSize, order.Length)];
    }

    /// <summary>
    /// Reads a batch. Its ids are what randomness goes by, <see cref="ExtraImageBatches.DrawIds"/> where there are extra images.
    /// </summary>
    /// <param name="indices">The images, as <see cref="At"/> gives them.</param>
    /// <param name="step">Which batch of its epoch.</param>
    /// <param name="device">Where the tensors go.</param>
    public ImageBatch Read(ReadOnlySpan<long> indices, int step, Device device)
    {
        ImageBatch batch = Images.Read(indices, device);
        return _mixed is null ? batch : new ImageBatch(batch.Images, batch.Labels, _mixed.DrawIds(step, indices, batch.Examples));
    }

    // The order of the epoch last asked for is kept: steps come one after another.
    private long[] Order(int epoch)
    {
        if (_latest is { } latest && latest.Epoch == epoch)
            return latest.Order;
        long[] order = _stream.For("shuffle").At(epoch).Permutation(Images.Count);
        _latest = (epoch, order);
        return order;
    }
}
