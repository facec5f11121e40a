using RobustWrn.Core;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Training.Tests;

public class DecayedParametersTests
{
    /// <summary>With gradients of zero a step of either optimiser moves exactly what decays.</summary>
    [Theory]
    [InlineData(DecayedParameters.All, "sgd")]
    [InlineData(DecayedParameters.AllButNorms, "sgd")]
    [InlineData(DecayedParameters.Weights, "sgd")]
    [InlineData(DecayedParameters.All, "adamw")]
    [InlineData(DecayedParameters.AllButNorms, "adamw")]
    [InlineData(DecayedParameters.Weights, "adamw")]
    public void Step_NoGradient_MovesWhatDecays(DecayedParameters decayed, string optimizer)
    {
        using Classifier classifier = (Small.Network with { Stages = [.. Small.Network.Stages.Select(stage => stage with { Activation = new PRelu() })] }).Build(1);
        KeyValuePair<string, Parameter>[] parameters = [.. classifier.Network.named_parameters().Select(pair => KeyValuePair.Create(pair.name, pair.parameter))];
        using (no_grad())
        {
            foreach ((_, Parameter parameter) in parameters)
                parameter.FillInPlace(1);
        }
        IOptimizer settings = optimizer == "sgd" ? new Sgd { WeightDecay = 0.5, Decayed = decayed } : new AdamW { WeightDecay = 0.5, Decayed = decayed };
        using RunningOptimizer running = settings.Begin(parameters);

        running.Step([.. parameters.Select(pair => zeros_like(pair.Value, requires_grad: false))], 0.1);

        foreach ((string name, Parameter parameter) in parameters)
        {
            bool expected = decayed switch
            {
                DecayedParameters.All => true,
                DecayedParameters.AllButNorms => name.Contains("conv", StringComparison.OrdinalIgnoreCase) || name.StartsWith("fc.", StringComparison.Ordinal),
                _ => name.Contains("conv", StringComparison.OrdinalIgnoreCase) || name is "fc.weight",
            };
            Assert.Equal(expected ? 0.95 : 1, parameter.max().Number(), 1e-6);
        }
        Assert.Contains("fc.bias", parameters.Select(pair => pair.Key));
    }

    [Fact]
    public void Json_DefaultRule_IsNotWritten()
    {
        Assert.DoesNotContain("decayed", DescriptionJson.Write(new Sgd()), StringComparison.Ordinal);
        Sgd gowal = new() { Decayed = DecayedParameters.AllButNorms };
        Assert.Equal(gowal, DescriptionJson.Read<Sgd>(DescriptionJson.Write(gowal)));
    }
}
