using RobustWrn.Attacks;
using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn.Outside.Tests;

/// <summary>A race, its bound, and an objective that reads it, on public parts alone.</summary>
public class OutsideSearchTests
{
    private static readonly ThreatModel Threat = ThreatModel.Linf(8, outOf: 255);

    private static readonly AttackSuite Suite = AttackSuite.Of("suite", new Fgsm(), new Pgd { Steps = 2 });

    [Fact]
    public void Race_EvaluatorsOfTheLibraryAndOutside_TellTheSameOfWhatCannotWin()
    {
        using DatasetSplits data = new SyntheticImages().Make(train: 10, holdOut: 30, test: 10, seed: 1);
        using Classifier network = WideResNetSpec.Of(stem: 4, depths: [1], widths: [4]).Build(seed: 2);
        IImageSource images = data.Training.Validation;

        foreach (IRobustnessEvaluator evaluator in (IRobustnessEvaluator[])[new RobustnessEvaluator(), new ImpatientEvaluator()])
        {
            RacedEvaluation lost = evaluator.Race(network, images, Threat, Suite, mustReach: 1);
            RacedEvaluation won = evaluator.Race(network, images, Threat, Suite, mustReach: 0);
            RobustnessResult whole = evaluator.Run(network, images, Threat, Suite);
            Judgement stopped = Judgement.Of(lost), finished = Judgement.Of(won);

            Assert.Equal((true, whole.Clean, whole.Clean), (stopped.IsBound, stopped.AtMost!.Value, stopped.Clean));
            Assert.Equal((whole.Clean, whole.Robust, false), (finished.Clean, finished.Robust!.Value, finished.IsBound));
            Assert.Equal(Measure.AtMost("steady accuracy", new(whole.Clean.Hits, whole.Clean.Hits)), Of(stopped));
            Assert.Equal(Measure.Of("steady accuracy", new(whole.Robust.Hits, whole.Clean.Hits)), Of(finished));
            Assert.Equal("steady accuracy at most 100.0 %", Of(stopped).ToString());
        }

        Measure Of(Judgement judgement) => new SteadyAccuracy().Of(new MeasuredNetwork(
            network.Spec, network.Spec.Cost(32, 32), new Proportion(1, 2), new Proportion(1, 4), TimeSpan.FromSeconds(1))
        {
            Judgement = judgement,
            Validation = images,
            Open = () => throw new NotSupportedException("it is not asked for"),
        });
    }
}
