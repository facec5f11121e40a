using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

/// <summary>Networks with the published weights against every float64 number that the authors' code computed with them.</summary>
public class ModelVectorTests
{
    [Theory]
    [InlineData("model_relu")]
    [InlineData("model_silu_equalwidth_stride2")]
    [InlineData("model_leakyrelu_stemstride2_7classes")]
    [InlineData("model_four_stages_mixed")]
    public void ForwardAndBackward_PublishedWeights_GiveEveryPublishedNumber(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        using VectorCase vectors = VectorCase.Open(name);
        using Classifier classifier = vectors.BuildModel(ScalarType.Float64);
        Dictionary<string, Tensor> computed = [];
        Run("eval", classifier, vectors, computed);
        classifier.zero_grad();
        classifier.train();
        Run("train", classifier, vectors, computed);
        foreach ((string key, Tensor value) in classifier.Network.state_dict())
            computed[$"train.after.{key}"] = value;

        string[] outputs = [.. vectors.Names.Where(output => output.StartsWith("out.", StringComparison.Ordinal) && !output.StartsWith("out.f32", StringComparison.Ordinal))];

        Assert.True(outputs.Length > 40);
        Assert.All(outputs, output => vectors.AssertMatches(output, computed[output["out.".Length..].Replace("f64run.", "").Replace("f64.", "")]));
        computed["eval.features"].Dispose();
        computed["train.features"].Dispose();
    }

    private static void Run(string mode, Classifier classifier, VectorCase vectors, Dictionary<string, Tensor> computed)
    {
        LinearLayer last = Assert.Single(classifier.modules().OfType<LinearLayer>());
        var hook = last.register_forward_pre_hook((_, features) =>
        {
            computed[$"{mode}.features"] = features.detach().clone().DetachFromDisposeScope();
            return features;
        });
        Tensor images = vectors["in.x"].to(ScalarType.Float64).clone().requires_grad_(true);
        Tensor logits = classifier.call(images);
        Tensor loss = nn.functional.cross_entropy(logits, vectors["in.y"]);
        loss.backward();
        hook.remove();
        computed[$"{mode}.logits"] = logits;
        computed[$"{mode}.loss"] = loss;
        computed[$"{mode}.grad.x"] = images.grad!;
        foreach ((string name, TorchSharp.Modules.Parameter parameter) in classifier.Network.named_parameters())
            computed[$"{mode}.grad.{name}"] = parameter.grad!.clone();
    }
}
