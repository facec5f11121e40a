using AttackAnyModel;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>
/// The network of samples/AttackAnyModel, trained as there. Steps under L2 vanished with its gradients and moved too far with large ones:
/// 26 images stayed right, and 22 when the loss was multiplied by 2^40.
/// </summary>
[Trait("Category", "Slow")]
public sealed class SampleNetworkScaleTests
{
    [Fact]
    public void Pgd_LossTimesAPowerOfTwoUnderL2_LeavesAsManyRight()
    {
        using DisposeScope scope = NewDisposeScope();
        using DatasetSplits data = new SyntheticImages().Make(train: 2_000, holdOut: 100, test: 300, seed: 1);
        using SmallNet model = new(data.ClassNames.Count, RandomStream.From(1));
        PlainTraining.Fit(model, data.Training.Train, epochs: 6, batchSize: 50, TestContext.Current.CancellationToken);
        IImageSource images = data.Test.Open();
        using ImageBatch batch = images.Read([.. Enumerable.Range(0, (int)images.Count).Select(i => (long)i)]);
        AttackContext context = new(model, batch.Images, batch.Labels, ThreatModel.L2(1.0));

        long[] right = [.. ((int[])[0, 40, -40]).Select(exponent => Right(new PlainCrossEntropy { Exponent = exponent }))];

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", right));
        Assert.Equal([right[0], right[0], right[0]], right);
        Assert.InRange(right[0], 1, Right(null) / 2);

        long Right(IAttackLoss? loss)
        {
            using DisposeScope attack = NewDisposeScope();
            Tensor found = loss is null ? context.Images : new Pgd { Steps = 20, Loss = loss }.Perturb(context);
            return model.call(found).argmax(1).eq(context.Labels).sum().WholeNumber();
        }
    }
}
