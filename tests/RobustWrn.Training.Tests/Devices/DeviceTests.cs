using RobustWrn.Attacks;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Training.Tests;

/// <summary>
/// What must hold on any device: the one named by ROBUSTWRN_TEST_DEVICE, such as cuda:0, or the CPU. Compared with the CPU in float64, where both sum to nearly the same. These are the tests to run on
/// a machine with a GPU (CONTRIBUTING.md).
/// </summary>
[Trait("Category", "Device")]
public class DeviceTests
{
    private static readonly Device Tested = torch.device(Environment.GetEnvironmentVariable("ROBUSTWRN_TEST_DEVICE") ?? "cpu");

    [Theory]
    [InlineData("fgsm")]
    [InlineData("pgd")]
    [InlineData("apgd")]
    [InlineData("fab")]
    [InlineData("square")]
    [InlineData("cw-linf")]
    public void Perturb_OnTheDevice_FindsTheImagesOfTheCpu(string name)
    {
        IAttack attack = DescriptionJson.Read<IAttack>($$"""{"version": 1, "type": "{{name}}"}""").WithEffort(0.05);
        Tensor expected = Attacked(attack, CPU), actual = Attacked(attack, Tested);

        Assert.Equal(Tested.type, actual.device_type);
        Assert.InRange(Differences.Share(expected, actual.cpu(), 1e-6), 0, 0.001);

        static Tensor Attacked(IAttack attack, Device device)
        {
            using Classifier classifier = Small.Network.Build(1);
            classifier.to(ScalarType.Float64).to(device);
            classifier.eval();
            using ImageBatch batch = new Bars(16, 3).Read([.. Enumerable.Range(0, 16).Select(i => (long)i)], device);
            return attack.Perturb(new AttackContext(classifier, batch.Images.to(ScalarType.Float64), batch.Labels, ThreatModel.Linf(0.1)));
        }
    }

    [Theory]
    [MemberData(nameof(Combinations))]
    public void Fit_OnTheDevice_GivesTheNumbersOfTheCpu(string objective, bool average, bool perturbation, bool parts)
    {
        Combination combination = new(objective, average, perturbation, parts);
        using ScratchFolder first = new(), second = new();
        using Classifier expected = Combination.Build(), actual = Combination.Build();
        expected.to(ScalarType.Float64);
        actual.to(ScalarType.Float64).to(Tested);

        TrainingResult there = combination.Fit(expected, first.Path, null), here = combination.Fit(actual, second.Path, null);

        Assert.All(there.Epochs.Zip(here.Epochs), pair =>
        {
            Assert.Equal(pair.First.Loss, pair.Second.Loss, 1e-4 * Math.Abs(pair.First.Loss));
            Assert.Equal(pair.First.LearningRate, pair.Second.LearningRate);
        });
        Dictionary<string, Tensor> given = actual.Network.state_dict();
        Assert.All(expected.Network.state_dict(), pair => Assert.True(given[pair.Key].cpu().allclose(pair.Value, rtol: 1e-3, atol: 1e-5), pair.Key));
    }

    /// <summary>To the bit on the CPU; elsewhere sums may be ordered otherwise from run to run.</summary>
    [Theory]
    [MemberData(nameof(Combinations))]
    public void Fit_StoppedOnTheDevice_GoesOnFromItsCheckpoint(string objective, bool average, bool perturbation, bool parts)
    {
        Combination combination = new(objective, average, perturbation, parts);
        using ScratchFolder whole = new(), broken = new();
        using Classifier expected = Built(), stopped = Built(), actual = Built();
        int reads = 0, readAgain = 0;
        TrainingResult uninterrupted = combination.Fit(expected, whole.Path, null);

        Assert.Throws<NotSupportedException>(() => combination.Fit(stopped, broken.Path, 1, _ => Stop(++reads == 5)));
        TrainingResult resumed = combination.Fit(actual, broken.Path, 1, _ => readAgain++);

        Assert.True(readAgain < combination.Reads);
        if (Tested.type == DeviceType.CPU)
            ResumeEverywhereTests.AssertSameEnd(uninterrupted, expected, resumed, actual);
        Dictionary<string, Tensor> given = actual.Network.state_dict();
        Assert.All(expected.Network.state_dict(), pair => Assert.True(given[pair.Key].allclose(pair.Value, rtol: 1e-3, atol: 1e-5), pair.Key));
        // What was trained there can be read elsewhere.
        using Classifier elsewhere = Combination.Build();
        CheckpointWeights.Load(elsewhere, resumed.Checkpoint!, TrainedWeights.Last);

        static Classifier Built()
        {
            Classifier classifier = Combination.Build();
            classifier.to(ScalarType.Float64).to(Tested);
            return classifier;
        }

        static void Stop(bool now)
        {
            if (now)
                throw new NotSupportedException("stop");
        }
    }

    [Fact]
    public void Freeze_OnTheDevice_IsTheSameFunction()
    {
        using Classifier classifier = WideResNetSpec.Of(8, [1, 1, 1], [8, 16, 12]).Build(1);
        classifier.to(Tested);
        classifier.eval();
        using FrozenNetwork view = classifier.Freeze()!;
        Tensor images = RandomStream.From(4).Uniform([0, 1, 2, 3], [3, 32, 32], device: Tested);

        Assert.True(view.Logits(images).allclose(classifier.call(images), rtol: 1e-3, atol: 1e-3));
    }

    public static TheoryData<string, bool, bool, bool> Combinations() => new()
    {
        { "natural", false, false, true },
        { "madry", true, false, false },
        { "trades", false, true, false },
        { "mart", true, true, true },
        { "fast-adversarial", true, false, true },
    };
}
