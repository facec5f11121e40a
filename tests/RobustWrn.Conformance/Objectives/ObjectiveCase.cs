using RobustWrn.Core;
using RobustWrn.Training;
using static TorchSharp.torch;

namespace RobustWrn.Conformance.Objectives;

/// <summary>One objective on one batch under one threat.</summary>
/// <param name="objective">What is judged.</param>
/// <param name="threat">How far images may move.</param>
internal sealed class ObjectiveCase(IRobustObjective objective, ThreatModel threat) : IDisposable
{
    public const int Images = 6, Classes = 3;

    public static ThreatModel[] Threats { get; } = [ThreatModel.Linf(8, outOf: 255), ThreatModel.L2(0.5)];

    public IRobustObjective Objective { get; } = objective;

    public ThreatModel Threat { get; } = threat;

    public WatchedNetwork Network { get; } = new();

    /// <summary>The batch of the examples with these ids; their content follows from their ids.</summary>
    public ObjectiveContext Context(long seed = 1, params ReadOnlySpan<long> examples)
    {
        long[] ids = examples.Length == 0 ? [3, 10, 7, 0, 25, 4] : examples.ToArray();
        Tensor images = RandomStream.From(8).Uniform(ids, [2, 6, 6], ScalarType.Float64);
        return new ObjectiveContext(Network, images, tensor(ids.Select(id => id % Classes).ToArray()), Threat)
        {
            Noise = RandomStream.From(seed).For("objective"),
            Examples = ValueList.Create<long>(ids),
        };
    }

    /// <summary>The loss of the batch.</summary>
    public ObjectiveLoss Evaluate() => Objective.Evaluate(Context(), TestContext.Current.CancellationToken);

    public void Dispose() => Network.Dispose();
}
