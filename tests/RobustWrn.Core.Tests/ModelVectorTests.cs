using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

public class ModelVectorTests
{
    [Theory]
    [InlineData("model_relu")]
    [InlineData("model_silu_equalwidth_stride2")]
    [InlineData("model_leakyrelu_stemstride2_7classes")]
    [InlineData("model_four_stages_mixed")]
    public void Forward_PublishedWeights_GivesThePublishedLogits(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        using VectorCase vectors = VectorCase.Open(name);
        using Classifier classifier = vectors.BuildModel(ScalarType.Float64);

        Tensor logits = classifier.call(vectors["in.x"].to(ScalarType.Float64));

        vectors.AssertMatches("out.f64.eval.logits", logits);
    }
}
