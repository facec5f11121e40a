using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

public sealed class RobustnessEvaluationTests : IDisposable
{
    private static readonly LinfThreat Threat = ThreatModel.Linf(8, outOf: 255);
    private static readonly AttackSuite Both = AttackSuite.Of("both", new Fgsm(), new Pgd { Steps = 5 }, new CwLinf { Steps = 5 });

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly AttackVectorCase _vector = new("attack_fgsm");
    private readonly TensorSource _source;

    public RobustnessEvaluationTests() => _source = new TensorSource(_vector.Images, _vector.Labels);

    public void Dispose()
    {
        _vector.Dispose();
        _scope.Dispose();
    }

    [Fact]
    public void Run_PublishedFgsmBatch_CountsThePublishedFlips()
    {
        RobustnessResult result = RobustnessEvaluation.Run(_vector.Model, _source, Threat, AttackSuite.Of("FGSM", new Fgsm()));
        Assert.Equal(new Proportion(6, 8), result.Clean); // correct_clean_and_adv of the index
        Assert.Equal(new Proportion(4, 8), result.Robust);
        Assert.Equal((6, 4), (result.Attacks[0].CorrectBefore, result.Attacks[0].CorrectAfter));
        Assert.Equal(2, result.Examples.Count(outcome => outcome.BrokenBy == "FGSM"));
    }

    [Fact]
    public void Run_OtherBlockSizeAndOrder_GivesTheSameVerdicts()
    {
        ExampleOutcome[] expected = [.. Verdicts(8, _source)];
        Assert.Equal(expected, Verdicts(3, _source));
        Assert.Equal(expected, Verdicts(1, _source));
        Assert.Equal(expected, Verdicts(5, _source.Reordered(7, 2, 0, 5, 1, 6, 4, 3)).OrderBy(outcome => outcome.Index));

        IEnumerable<ExampleOutcome> Verdicts(int block, TensorSource source) =>
            RobustnessEvaluation.Run(_vector.Model, source, Threat, Both, new EvaluationOptions { BlockSize = block, Seed = 3 }).Examples;
    }
}
