using RobustWrn.Attacks;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Training.Tests;

public class LabelSmoothingTests
{
    public static TheoryData<string> Objectives => ["natural", "madry", "trades"];

    /// <summary>(1 - s) times the label's logarithm plus s times the mean of all, of the logits that the term is about.</summary>
    [Theory]
    [MemberData(nameof(Objectives))]
    public void Evaluate_LogitsThatAreThePixels_GivesTheClosedForm(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        double[] clean = [0.9, 0.4, 0.5], moved = [0.6, 0.7, 0.3];
        GivenImages attack = new(tensor(moved).reshape(1, 3, 1, 1));
        ObjectiveContext context = new(new Pixels(), tensor(clean).reshape(1, 3, 1, 1), tensor([2L]), ThreatModel.Linf(0.5));

        using ObjectiveLoss loss = Smoothed(name, 0.2, attack).Evaluate(context), sharp = Smoothed(name, 0, attack).Evaluate(context);

        double[] logits = name == "madry" ? moved : clean;
        double normalizer = Math.Log(logits.Sum(Math.Exp));
        double[] logarithms = [.. logits.Select(logit => logit - normalizer)];
        Assert.Equal(-0.8 * logarithms[2] - 0.2 * logarithms.Average(), loss.Parts[0].Value.Number(), 1e-12);
        Assert.Equal(-logarithms[2], sharp.Parts[0].Value.Number(), 1e-12);
        Assert.Equal(loss.Parts[0].Value.Number() - sharp.Parts[0].Value.Number(), loss.Total.Number() - sharp.Total.Number(), 1e-12);
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.0)]
    [InlineData(double.NaN)]
    public void Problems_SmoothingOutOfRange_IsNamed(double smoothing)
    {
        foreach (string name in Objectives)
            Assert.Equal("LabelSmoothing", Assert.Single(Smoothed(name, smoothing, null).Problems()).Subject);
    }

    private static IRobustObjective Smoothed(string name, double smoothing, GivenImages? attack) => name switch
    {
        "natural" => new Natural { LabelSmoothing = smoothing },
        "madry" => new Madry { LabelSmoothing = smoothing, InnerAttack = attack ?? (IAttack)Madry.DefaultAttack },
        _ => new Trades { LabelSmoothing = smoothing, InnerAttack = attack ?? (IAttack)Trades.DefaultAttack },
    };
}
