using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// A batch of images that changes window by window, with the features a view has of them: logits of changed images cost only what the changes reach. For search that asks
/// about many small changes; the same numbers as <see cref="FrozenNetwork.Logits"/> up to rounding, which does not add up over changes. Made by <see cref="FrozenNetwork.Follow"/>.
/// </summary>
public sealed class FollowedImages : IDisposable
{
    private readonly IReadOnlyList<FollowedStep> _steps;
    private readonly FeatureBuffer[] _buffers;
    private readonly WindowPlaces _pixels;
    private readonly Func<Tensor, Tensor> _head;
    private readonly IDisposable[] _owned;
    private readonly Func<Tensor, Tensor>? _prepare;
    private readonly List<(int Step, Tensor Places, Tensor Before, Tensor After)> _tried = [];

    internal FollowedImages(FollowedNetwork network, Tensor images, Func<Tensor, Tensor> head, params ReadOnlySpan<IDisposable> owned)
    {
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        (_steps, _head, _owned, Count) = (network.Steps, head, owned.ToArray(), (int)images.shape[0]);
        _pixels = new WindowPlaces(_steps[0].Size, above: 0, before: 0, images.device);
        _buffers = new FeatureBuffer[_steps.Count];
        for (int s = 0; s < _steps.Count; s++)
        {
            FollowedStep step = _steps[s];
            FeatureWindow whole = FeatureWindow.Whole(Count, step.Size);
            Tensor features = s == 0 ? images : step.Compute(_buffers, whole);
            _buffers[s] = new FeatureBuffer(Count, features.shape[1], step.Size, Zeros(s), features);
            _buffers[s].Put(_buffers[s].Places(whole), Rows(features));
        }
    }

    /// <summary>The same, of images that something is done to first.</summary>
    internal FollowedImages(FollowedImages prepared, Func<Tensor, Tensor> prepare) =>
        (_steps, _buffers, _pixels, _head, _owned, Count, _prepare) = (prepared._steps, prepared._buffers, prepared._pixels, prepared._head, prepared._owned, prepared.Count,
            prepared._prepare is { } next ? images => next(prepare(images)) : prepare);

    /// <summary>How many images there are.</summary>
    public int Count { get; private set; }

    /// <summary>The share of a whole forward pass that a change of a square window takes, in multiply-adds, in the middle of an image.</summary>
    /// <param name="side">The side of the window.</param>
    public double ShareOfWork(int side)
    {
        FeatureSize size = _steps[0].Size;
        FeatureWindow[] windows = new FeatureWindow[_steps.Count];
        windows[0] = new FeatureWindow(Middle(size.Height), Middle(size.Width));
        double part = 0, whole = 0;
        for (int s = 1; s < _steps.Count; s++)
        {
            windows[s] = _steps[s].Changed(windows);
            part += (double)_steps[s].Work * windows[s].Area;
            whole += (double)_steps[s].Work * _steps[s].Size.Area;
        }
        return part / whole;

        Interval Middle(int length) => new([Math.Max(0, (length - side) / 2)], Math.Min(side, length));
    }

    /// <summary>Logits of images that differ from the followed ones in a window. Say afterwards which of them stay, with <see cref="Keep"/>.</summary>
    /// <param name="images">(N, C, H, W); not changed, not disposed.</param>
    /// <param name="rows">The first row of each image's window.</param>
    /// <param name="columns">The first column of each image's window.</param>
    /// <param name="side">The side of the windows.</param>
    /// <returns>(N, classes). The caller disposes it.</returns>
    /// <exception cref="InvalidOperationException">What was tried before has not been settled.</exception>
    public Tensor Try(Tensor images, ReadOnlySpan<long> rows, ReadOnlySpan<long> columns, int side)
    {
        if (_tried.Count > 0)
            throw new InvalidOperationException("what was tried must be settled before the next, with Keep.");
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        FeatureWindow[] windows = new FeatureWindow[_steps.Count];
        windows[0] = new FeatureWindow(new Interval(rows.ToArray(), side), new Interval(columns.ToArray(), side));
        for (int s = 0; s < _steps.Count; s++)
        {
            FollowedStep step = _steps[s];
            if (s > 0)
                windows[s] = step.Changed(windows);
            FeatureWindow outputs = windows[s];
            Tensor features = s == 0 ? Part(_prepare is null ? images : _prepare(images), outputs) : Rows(step.Compute(_buffers, outputs));
            Tensor places = _buffers[s].Places(outputs);
            Tensor before = _buffers[s].Take(places);
            _buffers[s].Put(places, features);
            _tried.Add((s, places.DetachFromDisposeScope(), before.DetachFromDisposeScope(), features.DetachFromDisposeScope()));
        }
        return _head(_buffers[^1].All()).MoveToOuterDisposeScope();
    }

    /// <summary>Settles what was tried: some images stay changed, the others become what they were.</summary>
    /// <param name="changed">Boolean (N); not changed, not disposed.</param>
    public void Keep(Tensor changed)
    {
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor kept = changed.reshape(-1, 1, 1);
        bool all = changed.all().item<bool>();
        foreach ((int step, Tensor places, Tensor before, Tensor after) in all ? [] : _tried)
        {
            long[] shape = [Count, -1, after.shape[1]];
            _buffers[step].Put(places, where(kept, after.reshape(shape), before.reshape(shape)).reshape(-1, after.shape[1]));
        }
        Forget();
    }

    /// <summary>Follows some of the images only. What was tried must be settled.</summary>
    /// <param name="images">int64, their places in the batch; not changed, not disposed.</param>
    public void Select(Tensor images)
    {
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        foreach (FeatureBuffer buffer in _buffers)
            buffer.Select(images);
        Count = (int)images.shape[0];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Forget();
        _pixels.Dispose();
        foreach (FeatureBuffer buffer in _buffers)
            buffer.Dispose();
        foreach (IDisposable item in _owned)
            item.Dispose();
    }

    private void Forget()
    {
        foreach ((_, Tensor places, Tensor before, Tensor after) in _tried)
        {
            places.Dispose();
            before.Dispose();
            after.Dispose();
        }
        _tried.Clear();
    }

    // What later steps read around the features of this one.
    private FeaturePadding Zeros(int step) =>
        _steps.SelectMany(reader => reader.Terms).Where(term => term.Input == step).Aggregate(default(FeaturePadding), static (all, term) => all.Or(term.Padding));

    // A window of the images, (N * h * w, C).
    private Tensor Part(Tensor images, FeatureWindow window)
    {
        using Tensor pixels = Rows(images), places = _pixels.Of(window);
        return pixels.index_select(0, places);
    }

    private static Tensor Rows(Tensor features) => features.permute(0, 2, 3, 1).reshape(-1, features.shape[1]);
}
