using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Training.Tests;

/// <summary>Images mixed of two: the cross-entropy is that of the two labels by their shares, and everything else goes by the larger one.</summary>
public class MixedLabelsTests
{
    private static readonly double[][] Clean = [[0.9, 0.4, 0.5], [0.2, 0.8, 0.1]], Moved = [[0.6, 0.7, 0.3], [0.3, 0.6, 0.2]];
    private static readonly long[] First = [0, 1], Second = [2, 2];
    private static readonly float[] Shares = [0.75f, 0.25f];

    public static TheoryData<string> Objectives => ["natural", "madry", "trades", "mart", "fast"];

    [Theory]
    [MemberData(nameof(Objectives))]
    public void Evaluate_LogitsThatAreThePixels_WeighsBothLabels(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        using MixedLabels mixed = new(tensor(First), tensor(Second), tensor(Shares));
        GivenImages attack = new(Images(Moved));
        ObjectiveContext context = new(new Pixels(), Images(Clean), mixed.Dominant(), ThreatModel.Linf(0.5)) { Mixed = mixed };
        IRobustObjective objective = name switch
        {
            "natural" => new Natural { LabelSmoothing = 0.1 },
            "madry" => new Madry { LabelSmoothing = 0.1, InnerAttack = attack },
            "trades" => new Trades { LabelSmoothing = 0.1, InnerAttack = attack },
            "mart" => new Mart { InnerAttack = attack },
            _ => new FastAdversarial { LabelSmoothing = 0.1, InnerAttack = attack, Guard = null },
        };

        using ObjectiveLoss loss = objective.Evaluate(context), plain = objective.Evaluate(context with { Mixed = null });

        double[][] logits = name is "natural" or "trades" ? Clean : Moved;
        double smoothing = name == "mart" ? 0 : 0.1, expected = 0, dominant = 0;
        for (int i = 0; i < 2; i++)
        {
            double first = CrossEntropy(logits[i], First[i], smoothing), second = CrossEntropy(logits[i], Second[i], smoothing);
            expected += (Shares[i] * first + (1 - Shares[i]) * second) / 2;
            dominant += (Shares[i] > 0.5 ? first : second) / 2;
        }
        Assert.Equal(expected - dominant, loss.Total.Number() - plain.Total.Number(), 1e-7);
        Assert.Equal(expected - dominant, loss.Parts[0].Value.Number() - plain.Parts[0].Value.Number(), 1e-7);
        Assert.All(attack.Asked, asked => Assert.Equal([0L, 2L], asked.Labels.data<long>().ToArray()));
    }

    private static Tensor Images(double[][] pixels) => stack(pixels.Select(image => tensor(image).reshape(3, 1, 1)));

    private static double CrossEntropy(double[] logits, long label, double smoothing)
    {
        double normalizer = Math.Log(logits.Sum(Math.Exp));
        return normalizer - (1 - smoothing) * logits[label] - smoothing * logits.Average();
    }
}
