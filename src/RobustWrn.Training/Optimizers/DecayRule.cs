using TorchSharp.Modules;

namespace RobustWrn.Training;

/// <summary>Tells the kinds of parameters apart, by their dimensions and their neighbours' in the same layer.</summary>
internal static class DecayRule
{
    /// <summary>The strongest weight decay: at the usual rates it takes a weight away in one step.</summary>
    public const double Strongest = 1_000;

    /// <summary>The weight decay of each parameter.</summary>
    public static double[] Of(IReadOnlyList<KeyValuePair<string, Parameter>> parameters, double decay, DecayedParameters decayed)
    {
        Dictionary<string, Parameter> byName = parameters.ToDictionary();
        return [.. parameters.Select(pair => Decays(pair) ? decay : 0)];

        bool Decays(KeyValuePair<string, Parameter> parameter) => decayed switch
        {
            DecayedParameters.Weights => parameter.Value.dim() >= 2,
            DecayedParameters.AllButNorms => parameter.Value.dim() >= 2 || IsBiasOfAWeight(parameter.Key),
            _ => true,
        };

        // A convolution's or a linear layer's bias stands beside a weight of two or more dimensions; a norm's beside one of one.
        bool IsBiasOfAWeight(string name) =>
            name.EndsWith("bias", StringComparison.Ordinal) && byName.TryGetValue($"{name[..^"bias".Length]}weight", out Parameter? weight) && weight.dim() >= 2;
    }
}
