using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>
/// An attack of one's own needs no name in files where none is written, and is refused before the first image where one is.
/// </summary>
public class UnnamedAttackTests
{
    private static readonly ThreatModel Threat = ThreatModel.Linf(8, outOf: 255);

    [Fact]
    public void Run_AttackWithoutANameAndNoJournal_Evaluates()
    {
        using Classifier network = WideResNetSpec.Wrn(10, 1).Build(seed: 1);
        using DatasetSplits data = new SyntheticImages().Make(train: 10, holdOut: 10, test: 10, seed: 1);

        RobustnessResult result = RobustnessEvaluation.Run(network, data.Test.Open(), Threat, AttackSuite.Of("mine", new Unnamed()));

        Assert.Equal("mine", Assert.Single(result.Attacks).Name);
        Assert.StartsWith("robust ", result.ToString());
    }

    [Fact]
    public void Run_AttackWithoutANameAndAJournal_IsRefusedBeforeTheFirstImage()
    {
        string folder = TestFolder.Missing();
        using Classifier network = WideResNetSpec.Wrn(10, 1).Build(seed: 1);
        using DatasetSplits data = new SyntheticImages().Make(train: 10, holdOut: 10, test: 10, seed: 1);

        InvalidDescriptionException refused = Assert.Throws<InvalidDescriptionException>(() => RobustnessEvaluation.Run(
            network, data.Test.Open(), Threat, AttackSuite.Of("mine", new Pgd(), new Unnamed()),
                new EvaluationOptions { JournalFolder = folder }));

        Assert.Contains("Suite.Attacks[1]: must have a name in files", refused.Message);
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public void Run_DeviceThatIsNotHere_IsRefusedBeforeTheFirstImage()
    {
        Device device = new("cuda", cuda.is_available() ? cuda.device_count() : 0);
        using Classifier network = WideResNetSpec.Wrn(10, 1).Build(seed: 1);
        using DatasetSplits data = new SyntheticImages().Make(train: 10, holdOut: 10, test: 10, seed: 1);

        InvalidDescriptionException refused = Assert.Throws<InvalidDescriptionException>(() => RobustnessEvaluation.Run(
            network, data.Test.Open(), Threat, AttackSuite.Of("one", new Fgsm()), new EvaluationOptions { Device = device }));

        Assert.Contains("Options.Device", refused.Message);
        Assert.Contains(device.ToString(), refused.Message);
    }

    // A loss without a name, too: the audit speaks of it.
    private sealed class Unnamed : IAttack
    {
        private readonly Pgd _pgd = new() { Steps = 2, Loss = new UnnamedLoss() };

        public string Name => "mine";

        public long MaxGradients => 2;

        public ValueList<IAttackLoss> Losses => [new UnnamedLoss()];

        public IAttack WithEffort(double share) => this;

        public IEnumerable<Problem> Problems() => [];

        public Tensor Perturb(AttackContext context, CancellationToken cancellationToken = default) =>
            _pgd.Perturb(context, cancellationToken);
    }

    // It has no gradient anywhere, so that the audit has to say so.
    private sealed class UnnamedLoss : IAttackLoss
    {
        public IEnumerable<Problem> Problems() => [];

        public Tensor PerExample(Tensor logits, AttackGoal goal) => logits.sum(1).Times(0.0);
    }
}
