using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Training;

/// <summary>
/// The tensors of a training that change: network, optimiser, weight average, the best of both, and the start of the epoch where it may
/// begin anew. Owns all but the network's.
/// </summary>
internal sealed class RunState : IDisposable
{
    private readonly nn.Module _network;
    private readonly RunningOptimizer _optimizer;
    private readonly WeightSnapshot _best;
    private readonly WeightSnapshot? _bestAverage;
    private readonly bool _mayGoBack;
    private readonly OrderedDictionary<string, Tensor> _start = [];

    public RunState(nn.Module network, RunningOptimizer optimizer, TrainingRecipe recipe)
    {
        (_network, _optimizer, _best, _mayGoBack) = (network, optimizer, new WeightSnapshot(network), recipe.Recovery is not null);
        if (recipe.Average is not { } average)
            return;
        Average = new AveragedWeights(network, average);
        _bestAverage = new WeightSnapshot(network);
    }

    /// <summary>The weight average; null without one.</summary>
    public AveragedWeights? Average { get; }

    /// <summary>Remembers where an epoch starts, if the training may go back there.</summary>
    public void BeginEpoch()
    {
        if (!_mayGoBack)
            return;
        using IDisposable guard = no_grad();
        foreach ((string name, Tensor tensor) in Moving())
        {
            if (_start.TryGetValue(name, out Tensor? kept))
                kept.copy_(tensor);
            else
                _start.Add(name, tensor.detach().clone().DetachFromDisposeScope());
        }
    }

    /// <summary>Goes back to where the epoch started.</summary>
    public void GoBack()
    {
        using IDisposable guard = no_grad();
        foreach ((string name, Tensor tensor) in Moving())
            tensor.copy_(_start[name]);
    }

    public void KeepBest() => _best.CopyFrom(_network);

    /// <summary>Keeps the weight average as the best one.</summary>
    public void KeepBestAverage()
    {
        foreach ((string name, Tensor tensor) in Average!.Tensors)
            _bestAverage!.Set(name, tensor);
    }

    /// <summary>Gives the network the selected weights.</summary>
    public void Select(bool average) => (average ? _bestAverage! : _best).CopyTo(_network);

    /// <summary>Writes all of it.</summary>
    public void Write(string file, RunIdentity identity, string environment, RunPosition position)
    {
        bool within = position.Steps > 0;
        int last = position.Epochs.Count - 1;
        TrainingCheckpoint.Write(
            file, identity, environment, position,
            (TrainingCheckpoint.Model, _network.state_dict()),
            (TrainingCheckpoint.Optimizer, _optimizer.Saved),
            (TrainingCheckpoint.Average, Average?.Tensors ?? []),
            // What the network or the average is just now need not be written twice.
            (TrainingCheckpoint.Best, last < 0 || (!within && position.Best == last) ? [] : _best.Tensors),
            (TrainingCheckpoint.BestAverage, last < 0 || (!within && position.BestAverage == last) ? [] : _bestAverage?.Tensors ?? []),
            (TrainingCheckpoint.Start, within ? _start : []));
    }

    /// <summary>Takes over all of it.</summary>
    public void Read(TrainingCheckpoint checkpoint)
    {
        // Through the network, whose loading is checked.
        if (Average is not null)
        {
            checkpoint.CopyTo(_network, TrainingCheckpoint.Average);
            Average.CopyFrom(_network);
            checkpoint.CopyTo(_network, checkpoint.Has(TrainingCheckpoint.BestAverage) ? TrainingCheckpoint.BestAverage : TrainingCheckpoint.Average);
            _bestAverage!.CopyFrom(_network);
        }
        checkpoint.CopyTo(_network, checkpoint.Has(TrainingCheckpoint.Best) ? TrainingCheckpoint.Best : TrainingCheckpoint.Model);
        _best.CopyFrom(_network);
        checkpoint.CopyTo(_network, TrainingCheckpoint.Model);
        _optimizer.Restore(checkpoint.Section(TrainingCheckpoint.Optimizer));
        if (_mayGoBack && checkpoint.Position.Steps > 0)
        {
            BeginEpoch();
            NamedTensors start = checkpoint.Section(TrainingCheckpoint.Start);
            using IDisposable guard = no_grad();
            foreach ((string name, Tensor tensor) in _start)
                tensor.copy_(start[name]);
        }
    }

    public void Dispose()
    {
        Average?.Dispose();
        _best.Dispose();
        _bestAverage?.Dispose();
        foreach (Tensor tensor in _start.Values)
            tensor.Dispose();
    }

    // What the steps of an epoch change.
    private IEnumerable<KeyValuePair<string, Tensor>> Moving() =>
        _network.state_dict().Select(pair => KeyValuePair.Create(TrainingCheckpoint.Model + pair.Key, pair.Value))
            .Concat(_optimizer.Saved.Select(pair => KeyValuePair.Create(TrainingCheckpoint.Optimizer + pair.Key, pair.Value)))
            .Concat((Average?.Tensors ?? []).Select(pair => KeyValuePair.Create(TrainingCheckpoint.Average + pair.Key, pair.Value)));
}
