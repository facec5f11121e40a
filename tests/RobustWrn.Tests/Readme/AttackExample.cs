using RobustWrn.Attacks;
using RobustWrn.Core;
using RobustWrn.Training;

namespace RobustWrn.Tests;

/// <summary>The README's first example, which a test runs.</summary>
internal static class AttackExample
{
    public static void Run()
    {
        using DatasetSplits images = new SyntheticImages().Make(train: 600, holdOut: 60, test: 100, seed: 1);
        ThreatModel threat = ThreatModel.Linf(4, outOf: 255);

        // A network to attack. Any nn.Module<Tensor, Tensor> from pixels in [0, 1] to logits will do in its place.
        using Classifier model = WideResNetSpec.Of(stem: 8, depths: [1, 1], widths: [16, 32]).Build(seed: 1);
        new RobustTrainer(new Natural(), new TrainingRecipe { Epochs = 3, BatchSize = 50, ValidationAttack = new Fgsm() })
            .Fit(model, images.Training, threat, seed: 1);

        AttackSuite suite = AttackSuite.Of("two attacks", new Fgsm(), new Pgd { Steps = 10 });
        RobustnessResult result = RobustnessEvaluation.Run(model, images.Test.Open(), threat, suite);
        Console.WriteLine(result);
    }
}
