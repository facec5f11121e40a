using RobustWrn.Conformance.Contracts;
using RobustWrn.Core;
using RobustWrn.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Conformance.Optimizers;

/// <summary>What any optimiser must keep, clause by clause. Each throws when an optimiser breaks it.</summary>
public static class OptimizerContract
{
    public static IReadOnlyDictionary<string, Action<IOptimizer>> Clauses { get; } = new Dictionary<string, Action<IOptimizer>>
    {
        ["goes downhill"] = GoesDownhill,
        ["leaves what has no gradient alone"] = LeavesWhatHasNoGradientAlone,
        ["goes on from what it saved"] = GoesOnFromWhatItSaved,
        ["remembers what it says"] = RemembersWhatItSays,
        ["takes a momentum if it says so"] = TakesAMomentum,
        ["stands still at a rate of 0"] = StandsStill,
        ["releases its tensors"] = ReleasesItsTensors,
        ["describes itself"] = SharedClauses.DescribesItself,
    };

    private static void GoesDownhill(IOptimizer optimizer)
    {
        using Valley valley = new();
        using RunningOptimizer running = optimizer.Begin(valley.Parameters);
        double before = valley.Height();
        for (int step = 0; step < 200; step++)
            running.Step(valley.Gradients(), 0.02);
        Assert.InRange(valley.Height(), 0, before / 2);
    }

    private static void LeavesWhatHasNoGradientAlone(IOptimizer optimizer)
    {
        using Valley valley = new();
        using RunningOptimizer running = optimizer.Begin(valley.Parameters);
        using Tensor before = valley.Parameters[1].Value.detach().clone();
        for (int step = 0; step < 3; step++)
            running.Step([valley.Gradients()[0], null], 0.1);
        Assert.True(valley.Parameters[1].Value.eq(before).all().item<bool>(), "it moved a parameter that the loss does not reach");
    }

    private static void GoesOnFromWhatItSaved(IOptimizer optimizer)
    {
        using Valley whole = new(), pieces = new();
        using RunningOptimizer one = optimizer.Begin(whole.Parameters), first = optimizer.Begin(pieces.Parameters),
            second = optimizer.Begin(pieces.Parameters);
        for (int step = 0; step < 8; step++)
            one.Step(whole.Gradients(), 0.05);
        for (int step = 0; step < 4; step++)
            first.Step(pieces.Gradients(), 0.05);
        OrderedDictionary<string, Tensor> saved = [];
        foreach ((string name, Tensor tensor) in first.Saved)
            saved.Add(name, tensor.clone());
        using NamedTensors tensors = new(saved);
        second.Restore(tensors);
        for (int step = 4; step < 8; step++)
            second.Step(pieces.Gradients(), 0.05);
        Assert.All(whole.Parameters.Zip(pieces.Parameters), pair =>
            Assert.True(pair.First.Value.eq(pair.Second.Value).all().item<bool>(), $"{pair.First.Key} is another"));
    }

    private static void RemembersWhatItSays(IOptimizer optimizer)
    {
        using Valley valley = new();
        using RunningOptimizer running = optimizer.Begin(valley.Parameters);
        long numbers = valley.Parameters.Sum(pair => pair.Value.numel());
        // A counter for each parameter is nothing beside them.
        long kept = running.Saved.Sum(pair => pair.Value.numel()), said = optimizer.RememberedPerParameter * numbers;
        Assert.InRange(kept, said, said + 2 * valley.Parameters.Count);
        Assert.Distinct(running.Saved.Select(pair => pair.Key));
    }

    private static void TakesAMomentum(IOptimizer optimizer)
    {
        Assert.Equal(optimizer.TakesMomentum, !End(null).eq(End(0.3)).all().item<bool>());

        Tensor End(double? momentum)
        {
            using Valley valley = new();
            using RunningOptimizer running = optimizer.Begin(valley.Parameters);
            running.Momentum = momentum;
            for (int step = 0; step < 4; step++)
                running.Step(valley.Gradients(), 0.05);
            return valley.Parameters[0].Value.detach().clone();
        }
    }

    private static void StandsStill(IOptimizer optimizer)
    {
        using Valley valley = new();
        using RunningOptimizer running = optimizer.Begin(valley.Parameters);
        double before = valley.Height();
        running.Step(valley.Gradients(), 0);
        Assert.Equal(before, valley.Height());
    }

    private static void ReleasesItsTensors(IOptimizer optimizer)
    {
        using Valley valley = new();
        SharedClauses.ReleasesItsTensors(() =>
        {
            using DisposeScope scope = NewDisposeScope();
            using RunningOptimizer running = optimizer.Begin(valley.Parameters);
            running.Step(valley.Gradients(), 0.01);
        });
    }

    /// <summary>|w|^2 / 2 over a matrix and a vector, the same start each time.</summary>
    private sealed class Valley : IDisposable
    {
        public Valley() => Parameters =
        [
            KeyValuePair.Create("weight", new Parameter(SharedClauses.Numbers([4, 3]).DetachFromDisposeScope())),
            KeyValuePair.Create("bias", new Parameter(SharedClauses.Numbers([5], seed: 8).DetachFromDisposeScope())),
        ];

        public IReadOnlyList<KeyValuePair<string, Parameter>> Parameters { get; }

        public IReadOnlyList<Tensor?> Gradients() => [.. Parameters.Select(pair => pair.Value.detach().clone())];

        public double Height()
        {
            using DisposeScope scope = NewDisposeScope();
            using IDisposable guard = no_grad();
            return Parameters.Sum(pair => pair.Value.mul(pair.Value).sum().item<double>());
        }

        public void Dispose()
        {
            foreach ((_, Parameter parameter) in Parameters)
                parameter.Dispose();
        }
    }
}
