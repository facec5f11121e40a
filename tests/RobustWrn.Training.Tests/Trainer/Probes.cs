using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Training.Tests;

/// <summary>Natural training that writes down the noise each example would get.</summary>
internal sealed class NoiseProbe(Dictionary<long, float> noise) : IRobustObjective
{
    public string Name => "probe";

    public ObjectiveLoss Evaluate(ObjectiveContext context, CancellationToken cancellationToken = default)
    {
        using (Tensor drawn = context.Noise.Uniform(context.Examples.AsSpan(), [1]))
        {
            float[] values = drawn.data<float>().ToArray();
            for (int i = 0; i < values.Length; i++)
                noise.Add(context.Examples[i], values[i]);
        }
        return new Natural().Evaluate(context, cancellationToken);
    }

    public IEnumerable<Problem> Problems() => [];
}

/// <summary>Learns for some steps, then the opposite.</summary>
internal sealed class Turncoat(int turnsAfter) : IRobustObjective
{
    private int _steps;

    public string Name => "turncoat";

    public ObjectiveLoss Evaluate(ObjectiveContext context, CancellationToken cancellationToken = default)
    {
        ObjectiveLoss loss = new Natural().Evaluate(context, cancellationToken);
        return _steps++ < turnsAfter ? loss : new ObjectiveLoss(-loss.Total, loss.Logits, null);
    }

    public IEnumerable<Problem> Problems() => [];
}

/// <summary>Natural training whose loss is something else in one step.</summary>
internal sealed class Poisoned(int step, double loss) : IRobustObjective
{
    private int _steps;

    public string Name => "poisoned";

    public ObjectiveLoss Evaluate(ObjectiveContext context, CancellationToken cancellationToken = default)
    {
        ObjectiveLoss natural = new Natural().Evaluate(context, cancellationToken);
        return ++_steps == step ? new ObjectiveLoss(natural.Total.Times(loss), natural.Logits, null) : natural;
    }

    public IEnumerable<Problem> Problems() => [];
}

/// <summary>A user's own schedule, whose rates no description can bound: those of the recipe, and others from a share of the steps on.</summary>
internal sealed record LeapingRate : ILearningRateSchedule
{
    public const string TypeName = "test-leaping-rate";

    public double From { get; init; } = 0.33;

    public double Scale { get; init; } = 1e30;

    public double Factor(double progress) => progress < From ? 1 : Scale;

    public IEnumerable<Problem> Problems() => [];
}
