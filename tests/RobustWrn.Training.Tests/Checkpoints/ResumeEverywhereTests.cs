using RobustWrn.Core;

namespace RobustWrn.Training.Tests;

/// <summary>Objectives x weight average x weight perturbation x parts of batches, each stopped at a step of its own, with a checkpoint after every step.</summary>
public class ResumeEverywhereTests
{
    public static TheoryData<string, bool, bool, bool, int> Combinations()
    {
        TheoryData<string, bool, bool, bool, int> data = [];
        int number = 0;
        foreach (Combination combination in Combination.All())
        {
            long[] order = RandomStream.From(2026).For("stops").At(number++).Permutation(combination.Reads);
            data.Add(combination.Objective, combination.Average, combination.Perturbation, combination.Parts, (int)order[0] + 1);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Combinations))]
    public void Fit_StoppedAtAnyStep_EndsInTheSameBits(string objective, bool average, bool perturbation, bool parts, int stoppedAt)
    {
        Combination combination = new(objective, average, perturbation, parts);
        using ScratchFolder whole = new(), broken = new();
        using Classifier expected = Combination.Build(), stopped = Combination.Build(), actual = Combination.Build();
        int reads = 0, readAgain = 0;

        TrainingResult uninterrupted = combination.Fit(expected, whole.Path, null);
        Assert.Throws<NotSupportedException>(() => combination.Fit(stopped, broken.Path, 1, _ => Stop(++reads == stoppedAt)));
        TrainingResult resumed = combination.Fit(actual, broken.Path, 1, _ => readAgain++);

        AssertSameEnd(uninterrupted, expected, resumed, actual);
        // Only what came after the last checkpoint is read again: a step, or a step and what it was validated on.
        Assert.InRange(readAgain, combination.Reads - stoppedAt + 1, combination.Reads - stoppedAt + 1 + (average ? 2 : 1));

        static void Stop(bool now)
        {
            if (now)
                throw new NotSupportedException("stop");
        }
    }

    internal static void AssertSameEnd(TrainingResult uninterrupted, Classifier expected, TrainingResult resumed, Classifier actual)
    {
        Small.AssertSameWeights(expected, actual);
        Assert.Equal(Small.Timeless(uninterrupted), Small.Timeless(resumed));
        Assert.Equal(uninterrupted.Selected, resumed.Selected);
        using NamedTensors left = Safetensors.Read(uninterrupted.Checkpoint!), right = Safetensors.Read(resumed.Checkpoint!);
        Small.AssertSame(left.Pairs, right.Pairs);
    }
}
