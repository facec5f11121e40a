using RobustWrn.Attacks;
using RobustWrn.Core;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Training.Tests;

public class ObjectiveVectorTests
{
    public static TheoryData<string, string> Cases { get; } = new()
    {
        { "loss_madry", "madry" },
        { "loss_trades_official_linf", "official" },
        { "loss_trades_official_l2", "official" },
        { "loss_trades_robustwrn_linf", "port" },
        { "loss_trades_robustwrn_l2", "port" },
        { "loss_trades_robustwrn_ce", "cross-entropy" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Evaluate_TwoStepsInFloat64_GivesEveryPublishedNumber(string name, string variant) => Replay(name, variant, ScalarType.Float64);

    // Not the Linf attacks on the divergence: where a gradient is tiny its sign is rounding, and float32 runs of one code part already.
    [Theory]
    [InlineData("loss_madry", "madry")]
    [InlineData("loss_trades_official_l2", "official")]
    [InlineData("loss_trades_robustwrn_l2", "port")]
    [InlineData("loss_trades_robustwrn_ce", "cross-entropy")]
    public void Evaluate_TwoStepsInFloat32_GivesThePublishedLosses(string name, string variant) => Replay(name, variant, ScalarType.Float32);

    private static void Replay(string name, string variant, ScalarType dtype)
    {
        using DisposeScope scope = NewDisposeScope();
        using VectorCase vectors = VectorCase.Open(name);
        using Classifier classifier = vectors.BuildModel(dtype);
        HashSet<string> asserted = [];
        bool l2 = name.EndsWith("_l2", StringComparison.Ordinal);
        // The published L2 code draws once for the Linf start, which it does not use, and once for its own.
        string[] draws = [.. vectors.Names.Where(input => input.StartsWith("in.draw.", StringComparison.Ordinal)).Where((_, i) => !l2 || i % 2 == 1)];
        ReplayedStream noise = new(draws.Select(draw => vectors[draw]));
        KeyValuePair<string, Parameter>[] parameters = [.. classifier.Network.named_parameters().Select(pair => KeyValuePair.Create(pair.name, pair.parameter))];
        using RunningOptimizer optimizer = new Sgd { Momentum = 0.9, WeightDecay = 5e-4 }.Begin(parameters);
        classifier.train();
        for (int step = 1; step <= 2; step++)
        {
            string suffix = step == 1 ? "" : "2";
            using ObjectiveLoss loss = Objective(vectors, variant).Evaluate(
                new ObjectiveContext(classifier, vectors[$"in.x{suffix}"].to(dtype), vectors[$"in.y{suffix}"], Threat(vectors, l2)) { Noise = noise });
            IList<Tensor> gradients = autograd.grad([loss.Total], [.. parameters.Select(pair => pair.Value)]);
            Check($"step{step}.loss", loss.Total);
            foreach (LossPart part in loss.Parts.Where(_ => variant != "madry"))
                Check($"step{step}.loss_{part.Name}", part.Value);
            Check($"step{step}.returned_logits", loss.Logits);
            Check($"step{step}.x_adv", loss.Adversarial!);
            Check($"step{step}.grad_norm", GradientNorm.Of(gradients));
            for (int i = 0; i < parameters.Length; i++)
                Check($"step{step}.grad.{parameters[i].Key}", gradients[i]);
            foreach ((string buffer, Tensor value) in classifier.Network.named_buffers())
                Check($"step{step}.buffer.{buffer}", value);
            optimizer.Step([.. gradients], learningRate: 0.1);
            foreach ((string parameter, Parameter value) in parameters)
                Check($"step{step}.param.{parameter}", value);
        }

        Assert.Equal(0, noise.Left);
        Assert.Equal(vectors.Names.Where(output => output.StartsWith("out.", StringComparison.Ordinal) && BelongsTo(output)).Order(), asserted.Order());

        bool BelongsTo(string output) => output.StartsWith("out.f32.", StringComparison.Ordinal) == (dtype == ScalarType.Float32);

        void Check(string output, Tensor actual)
        {
            foreach (string full in (string[])[$"out.f64.{output}", $"out.f64run.{output}", $"out.f32.{output}", $"out.{output}"])
            {
                if (!vectors.Names.Contains(full) || !BelongsTo(full))
                    continue;
                vectors.AssertMatches(full, actual);
                asserted.Add(full);
            }
        }
    }

    private static ThreatModel Threat(VectorCase vectors, bool l2) => l2 ? ThreatModel.L2(vectors.Number("epsilon")) : ThreatModel.Linf(vectors.Number("epsilon"));

    private static IRobustObjective Objective(VectorCase vectors, string variant)
    {
        int steps = (int)vectors.Number("perturb_steps");
        double? size = vectors.Hyperparameters.TryGetProperty("step_size", out _) ? vectors.Number("step_size") : null;
        return variant switch
        {
            "madry" => new Madry { InnerSteps = steps, InnerStepSize = size },
            "official" => new Trades { Beta = vectors.Number("beta"), InnerSteps = steps, InnerStepSize = size, SeparateTargetPass = true },
            "port" => new Trades { Beta = vectors.Number("beta"), InnerSteps = steps, InnerStepSize = size },
            _ => new Trades { Beta = vectors.Number("beta"), InnerSteps = steps, InnerStepSize = size, InnerLoss = new CrossEntropy() },
        };
    }
}
