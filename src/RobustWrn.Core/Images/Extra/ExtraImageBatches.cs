namespace RobustWrn.Core;

/// <summary>
/// Which images stand in which batch when a data set's own images are trained on together with extra ones, as in the samplers of Huang et
/// al. 2021, Rade and Moosavi-Dezfooli 2021 and Wang et al. 2023: an epoch has as many batches as the own images alone would make.
/// Its own images are drawn anew, without replacement, from all of them; the other images of a batch are extra ones, drawn with
/// replacement. Then the batch is shuffled, so that batch norm never sees the two kinds apart.
/// </summary>
/// <remarks>
/// An epoch therefore sees the share of the own images that a batch leaves them: half of them at an <c>extraShare</c> of 0.5.
/// Where few are left for a batch, it is filled up all the same. A pure function of stream, epoch and step, so that a resumed run finds
/// every batch again. Indices are those of <see cref="ExtendedImages"/>.
/// </remarks>
public sealed class ExtraImageBatches
{
    private readonly long _own, _extra;
    private readonly int _ownPerBatch;
    private readonly RandomStream _stream;
    private (int Epoch, long[] Order)? _latest;

    /// <summary>Plans the batches of a run.</summary>
    /// <param name="own">How many own images there are.</param>
    /// <param name="extra">How many extra images there are.</param>
    /// <param name="batchSize">Images a batch.</param>
    /// <param name="extraShare">
    /// The share of extra images in a batch, in (0, 1), rounded down to whole images. Half in Carmon et al. 2019 and Huang et al. 2021;
    /// 0.7 in Wang et al. 2023 with a million images.
    /// </param>
    /// <param name="stream">The stream of the run, the same that orders the own images without extra ones.</param>
    /// <exception cref="InvalidDescriptionException">A number is out of range; all problems are listed.</exception>
    public ExtraImageBatches(long own, long extra, int batchSize, double extraShare, RandomStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Problem[] problems = [.. Rule.Positive(own, most: Rule.MostImages), .. Rule.Positive(extra, most: Rule.MostImages),
            .. Problems(batchSize, extraShare)];
        problems.ThrowIfAny(nameof(ExtraImageBatches));
        (_own, _extra, BatchSize, _stream) = (own, extra, batchSize, stream);
        _ownPerBatch = batchSize - ExtraOf(batchSize, extraShare);
        Steps = checked((int)((own + batchSize - 1) / batchSize));
    }

    /// <summary>Images a batch.</summary>
    public int BatchSize { get; }

    /// <summary>Batches an epoch: own images by images a batch, rounded up. Never more than the own images suffice for.</summary>
    public int Steps { get; }

    /// <summary>What is wrong with a share for a batch size.</summary>
    /// <param name="batchSize">Images a batch.</param>
    /// <param name="extraShare">The share of extra images.</param>
    public static IEnumerable<Problem> Problems(int batchSize, double extraShare) => Rule.Holds(
        extraShare is > 0 and < 1 && ExtraOf(batchSize, extraShare) >= 1, nameof(extraShare),
        $"must leave at least one own and one extra image in a batch of {batchSize}, got {extraShare}.");

    /// <summary>The images of one batch, as indices of the own images followed by the extra ones.</summary>
    /// <param name="epoch">Which epoch, from 0.</param>
    /// <param name="step">Which batch of it, from 0.</param>
    public long[] At(int epoch, int step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(step, Steps);
        long[] order = Order(epoch), batch = new long[BatchSize];
        int start = step * _ownPerBatch, own = Math.Min(_ownPerBatch, order.Length - start);
        order.AsSpan(start, own).CopyTo(batch);
        RandomSequence draws = _stream.For("extra images").At(epoch).Sequence(step);
        for (int i = own; i < batch.Length; i++)
            batch[i] = _own + draws.NextInt(_extra);
        long[] places = _stream.For("batch order").At(epoch).At(step).Permutation(BatchSize);
        return Array.ConvertAll(places, place => batch[place]);
    }

    /// <summary>
    /// What the noise of a batch's images is keyed by. An own image, which an epoch has once at most, keeps its example id;
    /// an extra one may be drawn several times, and is to be augmented and attacked anew each time: its id is that of the draw,
    /// from step and place in the batch.
    /// </summary>
    /// <param name="step">Which batch of its epoch, from 0.</param>
    /// <param name="indices">The batch, as <see cref="At"/> gives it.</param>
    /// <param name="examples">The example ids of its images, those of own ones below 2^40.</param>
    public long[] DrawIds(int step, ReadOnlySpan<long> indices, ReadOnlySpan<long> examples)
    {
        long[] ids = examples.ToArray();
        for (int i = 0; i < ids.Length; i++)
        {
            if (indices[i] >= _own)
                ids[i] = ExtendedImages.FirstExtraId + ((long)step * BatchSize) + i;
        }
        return ids;
    }

    // Rounded down, as the published samplers do.
    private static int ExtraOf(int batchSize, double share) => (int)(batchSize * share);

    // The order of the epoch last asked for is kept: steps come one after another.
    private long[] Order(int epoch)
    {
        if (_latest is { } latest && latest.Epoch == epoch)
            return latest.Order;
        long[] order = _stream.For("shuffle").At(epoch).Permutation(_own);
        _latest = (epoch, order);
        return order;
    }
}
