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
        { "loss_mart", "mart" },
        { "loss_trades_official_linf", "official" },
        { "loss_trades_official_l2", "official" },
        { "loss_trades_robustwrn_linf", "port" },
        { "loss_trades_robustwrn_l2", "port" },
        { "loss_trades_robustwrn_ce", "cross-entropy" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Evaluate_TwoStepsInFloat64_GivesEveryPublishedNumber(string name, string variant) => Replay(name, variant, ScalarType.Float64);

    // Not the attacks on the divergence: it starts at almost 0, where the sign of a gradient is rounding, and float32 runs of one code part already.
    [Theory]
    [InlineData("loss_madry", "madry")]
    [InlineData("loss_mart", "mart")]
    [InlineData("loss_trades_robustwrn_ce", "cross-entropy")]
    public void Evaluate_TwoStepsInFloat32_GivesEveryPublishedNumber(string name, string variant) => Replay(name, variant, ScalarType.Float32);

    /// <summary>The same update in float32, of the published adversarial images: loss parts, gradients, statistics and parameters.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Evaluate_TwoStepsOnThePublishedImagesInFloat32_GivesEveryPublishedNumber(string name, string variant) => Replay(name, variant, ScalarType.Float32, imagesGiven: true);

    /// <summary>
    /// What float32 leaves of the attacks on the divergence: nearly all pixels of the first step. Measured on one processor (AVX2), 0.6 and 0.0 % differ under Linf, 6.9 and 13.0 % under L2, where the
    /// authors' code in float32 parts from itself in float64 in 1.0, 1.4, 42 and 17.5 %. What the few pixels do to loss and gradients is a matter of rounding: two of these four cases match end to end there.
    /// </summary>
    [Theory]
    [InlineData("loss_trades_official_linf", 0.02)]
    [InlineData("loss_trades_robustwrn_linf", 0.02)]
    [InlineData("loss_trades_official_l2", 0.42)]
    [InlineData("loss_trades_robustwrn_l2", 0.42)]
    public void Evaluate_DivergenceInFloat32_FindsNearlyThePublishedImages(string name, double differing)
    {
        using DisposeScope scope = NewDisposeScope();
        using VectorCase vectors = VectorCase.Open(name);
        using Classifier classifier = vectors.BuildModel(ScalarType.Float32);
        bool l2 = name.EndsWith("_l2", StringComparison.Ordinal);
        ObjectiveContext context = new(classifier, vectors["in.x"], vectors["in.y"], Threat(vectors, l2)) { Noise = new ReplayedStream(Draws(vectors, l2)) };

        using ObjectiveLoss loss = Objective(vectors, "port").Evaluate(context);

        Tensor difference = (loss.Adversarial! - vectors["out.f64.step1.x_adv"].to(ScalarType.Float32)).abs();
        Assert.InRange(difference.IsAbove(1e-5).to(ScalarType.Float32).mean().Number(), 0, differing);
        Assert.InRange(difference.mean().Number(), 0, 0.05 * vectors.Number("epsilon") / (l2 ? 16 : 1));
    }

    private static void Replay(string name, string variant, ScalarType dtype, bool imagesGiven = false)
    {
        using DisposeScope scope = NewDisposeScope();
        using VectorCase vectors = VectorCase.Open(name);
        using Classifier classifier = vectors.BuildModel(dtype);
        HashSet<string> asserted = [];
        bool l2 = name.EndsWith("_l2", StringComparison.Ordinal);
        ReplayedStream noise = new(imagesGiven ? [] : Draws(vectors, l2));
        KeyValuePair<string, Parameter>[] parameters = [.. classifier.Network.named_parameters().Select(pair => KeyValuePair.Create(pair.name, pair.parameter))];
        using RunningOptimizer optimizer = new Sgd { Momentum = 0.9, WeightDecay = 5e-4 }.Begin(parameters);
        classifier.train();
        for (int step = 1; step <= 2; step++)
        {
            string suffix = step == 1 ? "" : "2";
            IAttack? given = imagesGiven ? new GivenImages(vectors[$"out.f64.step{step}.x_adv"].to(dtype)) : null;
            using ObjectiveLoss loss = Objective(vectors, variant, given).Evaluate(
                new ObjectiveContext(classifier, vectors[$"in.x{suffix}"].to(dtype), vectors[$"in.y{suffix}"], Threat(vectors, l2)) { Noise = noise });
            IList<Tensor> gradients = autograd.grad([loss.Total], [.. parameters.Select(pair => pair.Value)]);
            Check($"step{step}.loss", loss.Total);
            foreach (LossPart part in loss.Parts.Where(_ => variant != "madry"))
                Check($"step{step}.loss_{(part.Name == "boosted" ? "adv" : part.Name)}", part.Value);
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

        // The numbers of the float64 run bound a float32 run too, by wider tolerances; those of the float32 run bound that alone.
        bool BelongsTo(string output) => dtype == ScalarType.Float32 || !output.StartsWith("out.f32.", StringComparison.Ordinal);

        void Check(string output, Tensor actual)
        {
            foreach (string full in (string[])[$"out.f64.{output}", $"out.f64run.{output}", $"out.f32.{output}", $"out.{output}"])
            {
                if (!vectors.Names.Contains(full) || !BelongsTo(full))
                    continue;
                vectors.AssertMatches(full, actual, inFloat32: dtype == ScalarType.Float32);
                asserted.Add(full);
            }
        }
    }

    private static ThreatModel Threat(VectorCase vectors, bool l2) => l2 ? ThreatModel.L2(vectors.Number("epsilon")) : ThreatModel.Linf(vectors.Number("epsilon"));

    // The published L2 code draws once for the Linf start, which it does not use, and once for its own.
    private static IEnumerable<Tensor> Draws(VectorCase vectors, bool l2) =>
        vectors.Names.Where(input => input.StartsWith("in.draw.", StringComparison.Ordinal)).Where((_, i) => !l2 || i % 2 == 1).Select(draw => vectors[draw]);

    private static IRobustObjective Objective(VectorCase vectors, string variant, IAttack? given = null)
    {
        // Beside an attack that is given, settings of the objective's own are refused.
        int steps = given is null ? (int)vectors.Number("perturb_steps") : new Madry().InnerSteps;
        double? size = given is null && vectors.Hyperparameters.TryGetProperty("step_size", out _) ? vectors.Number("step_size") : null;
        double? beta = variant == "madry" ? null : vectors.Number("beta");
        return variant switch
        {
            "madry" => new Madry { InnerSteps = steps, InnerStepSize = size, InnerAttack = given },
            "mart" => new Mart { Beta = beta!.Value, InnerSteps = steps, InnerStepSize = size, InnerAttack = given },
            "official" => new Trades { Beta = beta!.Value, InnerSteps = steps, InnerStepSize = size, InnerAttack = given, SeparateTargetPass = true },
            "port" => new Trades { Beta = beta!.Value, InnerSteps = steps, InnerStepSize = size, InnerAttack = given },
            _ => new Trades { Beta = beta!.Value, InnerSteps = steps, InnerStepSize = size, InnerAttack = given, InnerLoss = given is null ? new CrossEntropy() : new KullbackLeibler() },
        };
    }
}
