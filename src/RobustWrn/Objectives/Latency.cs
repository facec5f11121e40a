using System.Diagnostics;
using RobustWrn.Core;
using RobustWrn.Search;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn;

/// <summary>
/// Milliseconds of the forward pass of one batch on this machine, as few as possible: the median over some passes, after some that warm up.
/// </summary>
public sealed record Latency : ISearchObjective
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "latency";

    /// <summary>Images of the batch. Default 1, the request of one user.</summary>
    public int BatchSize { get; init; } = 1;

    /// <summary>Passes that are timed. Default 31: their median does not mind ten slow ones.</summary>
    public int Passes { get; init; } = 31;

    /// <summary>Passes before, which are not timed. Default 5.</summary>
    public int WarmUp { get; init; } = 5;

    /// <inheritdoc/>
    public StudyObjective Objective => StudyObjective.Minimise("latency, ms");

    /// <inheritdoc/>
    public bool IsRepeatable => false;

    /// <inheritdoc/>
    public Measure Of(MeasuredNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        this.ThrowIfInvalid();
        using Classifier classifier = network.Open();
        classifier.eval();
        using IDisposable guard = no_grad();
        using ImageBatch batch = network.Validation.Read(
            [.. Enumerable.Range(0, BatchSize).Select(i => i % network.Validation.Count)], classifier.Network.parameters().First().device);
        List<double> milliseconds = [];
        for (int i = -WarmUp; i < Passes; i++)
        {
            using DisposeScope scope = NewDisposeScope();
            long start = Stopwatch.GetTimestamp();
            // A device computes while the program goes on: reading one number waits for it.
            _ = classifier.call(batch.Images).sum().item<float>();
            if (i >= 0)
                milliseconds.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        milliseconds.Sort();
        return new Measure(Objective.Name, milliseconds[milliseconds.Count / 2]);
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
        [.. Rule.Between(BatchSize, 1, 65_536), .. Rule.Between(Passes, 1, 100_000), .. Rule.Between(WarmUp, 0, 100_000)];
}
