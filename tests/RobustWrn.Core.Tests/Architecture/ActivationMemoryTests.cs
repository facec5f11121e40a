using CsCheck;

namespace RobustWrn.Core.Tests;

public class ActivationMemoryTests
{
    [Fact]
    public void Cost_RandomNetworks_KeepsWhatTheirModulesKeep() =>
        Gen.Select(SpecGen.Spec, Gen.Int[7, 13], Gen.Int[7, 13]).Sample((spec, height, width) =>
        {
            using Classifier classifier = spec.Build(0);
            NetworkCost cost = spec.Cost(height, width);

            Assert.Equal(KeptActivations.Count(classifier, spec.InputChannels, height, width, training: false), cost.AttackActivations);
            Assert.Equal(KeptActivations.Count(classifier, spec.InputChannels, height, width, training: true), cost.TrainingActivations);
        }, iter: 150, threads: 1);

    [Fact]
    public void Cost_RandomBaselines_KeepsWhatTheirModulesKeep() =>
        Gen.Select(BaselineGen.Any, Gen.Int[8, 13], Gen.Int[8, 13]).Sample((spec, height, width) =>
        {
            using Classifier classifier = spec.Build(0);
            NetworkCost cost = spec.Cost(height, width);

            Assert.Equal(KeptActivations.Count(classifier, spec.InputChannels, height, width, training: false), cost.AttackActivations);
            Assert.Equal(KeptActivations.Count(classifier, spec.InputChannels, height, width, training: true), cost.TrainingActivations);
        }, iter: 150, threads: 1);

    /// <summary>Counted by hand: stem input; per block x, act, conv1, act; padded or plain; the last normalisation and activation; pooled features for the linear layer.</summary>
    [Fact]
    public void Cost_SmallNetworkByHand_IsTheSum()
    {
        NetworkCost cost = WideResNetSpec.Of(4, [1, 1], [4, 8]).Cost(8, 8);
        const int image = 3 * 64, first = 4 * 64, second = 8 * 16;

        Assert.Equal(image + 4 * first + 2 * first + 2 * second + 2 * second, cost.AttackActivations);
        Assert.Equal(cost.AttackActivations + 8, cost.TrainingActivations);
        Assert.Equal(first, cost.LargestMap);
        Assert.Equal(100 * (cost.TrainingActivations + first) * 8, cost.TrainingActivationBytes(100, TorchSharp.torch.ScalarType.Float64));
        Assert.Equal(100 * (cost.AttackActivations + first) * 4, cost.AttackActivationBytes(100));
    }
}
