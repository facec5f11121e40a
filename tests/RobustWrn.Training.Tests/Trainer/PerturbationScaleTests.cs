using RobustWrn.Core;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Training.Tests;

public class PerturbationScaleTests
{
    /// <summary>Squares of such gradients vanish or overflow in float32; the published code adds 1e-20 to their length.</summary>
    [Theory]
    [InlineData(1e-40)]
    [InlineData(1e-25)]
    [InlineData(1)]
    [InlineData(1e30)]
    public void PerturbedWeights_GradientOfAnySize_MoveByGammaTimesTheirLength(double size)
    {
        using TorchSharp.DisposeScope scope = NewDisposeScope();
        Parameter matrix = new(tensor(new float[,] { { 3, 0 }, { 0, 4 } })), still = new(ones([2, 2]));

        PerturbedWeights perturbed = new([matrix, still], [tensor(new float[,] { { 3, -4 }, { 0, 0 } }).Times(size), zeros([2, 2])], 0.1);

        float[] expected = [3.3f, -0.4f, 0, 4], actual = matrix.data<float>().ToArray();
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
        Assert.Equal([1, 1, 1, 1], still.data<float>().ToArray());
        perturbed.Undo();
    }
}
