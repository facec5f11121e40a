using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

/// <summary>Networks with the published weights against every float64 number that the authors' code computed with them.</summary>
[Trait("Category", VectorRun.Category)]
public class ModelVectorTests
{
    public static readonly TheoryData<string, ScalarType> Cases = new MatrixTheoryData<string, ScalarType>(
    [
        "model_relu", "model_silu_equalwidth_stride2", "model_leakyrelu_stemstride2_7classes", "model_four_stages_mixed", "model_imagenet_stem",
        "model_preact_basic_relu", "model_preact_robust_res_block_relu", "model_gowal_silu",
        "model_resnet_basic", "model_resnet_bottleneck", "model_vgg", "model_densenet",
    ], [ScalarType.Float64, ScalarType.Float32]);

    [Theory]
    [MemberData(nameof(Cases))]
    public void ForwardAndBackward_PublishedWeights_GiveEveryPublishedNumber(string name, ScalarType dtype)
    {
        using DisposeScope scope = NewDisposeScope();
        using VectorCase vectors = VectorCase.Open(name);
        using Classifier classifier = vectors.BuildModel(dtype);
        bool inFloat32 = dtype == ScalarType.Float32;
        Dictionary<string, Tensor> computed = [];
        Run("eval", classifier, vectors, computed);
        classifier.zero_grad();
        classifier.train();
        Run("train", classifier, vectors, computed);
        foreach ((string key, Tensor value) in classifier.Network.state_dict())
            computed[$"train.after.{key}"] = value;

        string[] outputs = [.. vectors.Names.Where(output => output.StartsWith("out.", StringComparison.Ordinal) && (inFloat32 || !output.StartsWith("out.f32", StringComparison.Ordinal)))];

        Assert.True(outputs.Length > 15);
        // In float32 a ReLU whose input is rounding alone may open or shut, and then gradients are those of another linear piece: nothing to compare.
        string[] crossed = inFloat32 ? [.. CrossedKinks(classifier, vectors)] : [];
        Assert.True(crossed.Length <= 1, string.Join(", ", crossed));
        Assert.All(outputs.Where(output => !(output.Contains(".grad", StringComparison.Ordinal) && crossed.Any(mode => output.Contains($".{mode}.", StringComparison.Ordinal)))),
            output => vectors.AssertMatches(output, computed[Computed(output)], inFloat32));
        computed["eval.features"].Dispose();
        computed["train.features"].Dispose();
    }

    [Theory]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Float32)]
    public void Forward_NetworkOfTheAttackVectors_GivesThePublishedLogits(ScalarType dtype)
    {
        using VectorCase vectors = VectorCase.Open("small_net");
        using Classifier classifier = vectors.BuildModel(dtype);
        bool inFloat32 = dtype == ScalarType.Float32;
        Tensor logits = classifier.call(vectors["in.x"].to(dtype));
        vectors.AssertMatches("out.f64.logits", logits, inFloat32);
        if (inFloat32)
            vectors.AssertMatches("out.f32.logits", logits, inFloat32);
    }

    /// <summary>The modes in which the input of some ReLU has one sign in float32 and another in float64.</summary>
    private static IEnumerable<string> CrossedKinks(Classifier classifier, VectorCase vectors)
    {
        using Classifier exact = vectors.BuildModel(ScalarType.Float64);
        foreach (string mode in (string[])["eval", "train"])
        {
            vectors.LoadModel(classifier);
            vectors.LoadModel(exact);
            classifier.train(mode == "train");
            exact.train(mode == "train");
            Tensor[] inFloat32 = ReluInputs(classifier, vectors), inFloat64 = ReluInputs(exact, vectors);
            long crossed = inFloat32.Zip(inFloat64, (one, other) => one.gt(zeros_like(one)).ne(other.gt(zeros_like(other))).sum().WholeNumber()).Sum();
            foreach (Tensor input in inFloat32.Concat(inFloat64))
                input.Dispose();
            Assert.True(crossed <= 2, $"{crossed} crossings in mode {mode}");
            if (crossed > 0)
                yield return mode;
        }
    }

    private static Tensor[] ReluInputs(Classifier classifier, VectorCase vectors)
    {
        List<Tensor> inputs = [];
        var hooks = classifier.modules().OfType<TorchSharp.Modules.ReLU>().Select(relu => relu.register_forward_pre_hook((_, input) =>
        {
            inputs.Add(input.detach().clone().DetachFromDisposeScope());
            return input;
        })).ToList();
        classifier.call(vectors["in.x"].to(classifier.parameters().First().dtype));
        hooks.ForEach(hook => hook.remove());
        return [.. inputs];
    }

    /// <summary>An output's name without its type, in the names of the paper's code.</summary>
    private static string Computed(string output)
    {
        string name = output["out.".Length..].Replace("f64run.", "").Replace("f64.", "").Replace("f32.", "").Replace("grad_x", "grad.x");
        foreach (string group in (string[])["train.after.", "train.grad.", "eval.grad."])
        {
            if (name.StartsWith(group, StringComparison.Ordinal))
                return group + VectorCase.Published(name[group.Length..]);
        }
        return name;
    }

    private static void Run(string mode, Classifier classifier, VectorCase vectors, Dictionary<string, Tensor> computed)
    {
        LinearLayer last = classifier.modules().OfType<LinearLayer>().Last();
        var hook = last.register_forward_pre_hook((_, features) =>
        {
            computed[$"{mode}.features"] = features.detach().clone().DetachFromDisposeScope();
            return features;
        });
        Tensor images = vectors["in.x"].to(classifier.parameters().First().dtype).clone().requires_grad_(true);
        Tensor logits = classifier.call(images);
        Tensor loss = nn.functional.cross_entropy(logits, vectors["in.y"]);
        loss.backward();
        hook.remove();
        computed[$"{mode}.logits"] = logits;
        computed[$"{mode}.loss"] = loss;
        computed[$"{mode}.grad.x"] = images.grad!;
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in classifier.Network.named_parameters())
        {
            if (parameter.grad is { } gradient)
                computed[$"{mode}.grad.{name}"] = gradient.clone();
        }
    }
}
