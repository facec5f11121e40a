using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>A second model that an evaluation hands to its attacks.</summary>
public sealed class SurrogateTests : IDisposable
{
    private static readonly LinfThreat Threat = ThreatModel.Linf(0.1);
    private static readonly AttackSuite Transferred = AttackSuite.Of("transfer", new Transfer { Attack = new Pgd { Steps = 5 } });

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly LinearModel _model = LinearModel.TwoClasses(75, shift: -1), _twin = LinearModel.TwoClasses(75, shift: -1);
    private readonly TensorSource _source;
    private readonly string _folder = TestFolder.Make();

    public SurrogateTests()
    {
        Tensor images = RandomStream.From(6).Uniform([.. Enumerable.Range(0, 20).Select(i => (long)i)], [3, 5, 5], ScalarType.Float32).Times(0.6).Plus(0.2);
        _source = new TensorSource(images, _model.call(images).argmax(1));
    }

    public void Dispose()
    {
        _model.Dispose();
        _twin.Dispose();
        _scope.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Run_TransferFromATwin_BreaksWhatTheAttackOnTheModelBreaks()
    {
        RobustnessResult itself = RobustnessEvaluation.Run(_model, _source, Threat, AttackSuite.Of("PGD", new Pgd { Steps = 5, Loss = new Margin() }));
        RobustnessResult transferred = RobustnessEvaluation.Run(_model, _source, Threat, Transferred, new EvaluationOptions { Surrogate = _twin, BlockSize = 7 });

        Assert.InRange(transferred.Robust.Hits, 0, 19);
        Assert.Equal(itself.Examples.Select(example => example.Robust), transferred.Examples.Select(example => example.Robust));
        Assert.Equal(20, transferred.Clean.Hits);
    }

    [Fact]
    public void Run_Surrogate_ComesBackAsItWas()
    {
        _twin.train();
        RobustnessEvaluation.Run(_model, _source, Threat, Transferred, new EvaluationOptions { Surrogate = _twin });
        Assert.True(_twin.training);
        Assert.All(_twin.parameters(), parameter => Assert.True(parameter.requires_grad));
    }

    [Fact]
    public void Run_NoSurrogate_SaysWhichAttackNeedsItBeforeAnyIsRun()
    {
        AttackSuite suite = AttackSuite.Of("mixed", new Fgsm(), new MinimalEpsilon { Attack = new ExpectationOverTransformation { Attack = new Transfer() } });

        InvalidDescriptionException refusal = Assert.Throws<InvalidDescriptionException>(() => RobustnessEvaluation.Run(_model, _source, Threat, suite));

        Problem problem = Assert.Single(refusal.Problems);
        Assert.Equal("Suite.Attacks[1]", problem.Subject);
        Assert.Contains("Surrogate = otherModel", problem.Message);
        Assert.Equal(1, _model.Calls); // the labels of this test
    }

    [Fact]
    public void Run_SurrogateOfAnotherDtype_IsRefused()
    {
        using LinearModel other = LinearModel.TwoClasses(75, dtype: ScalarType.Float64);

        InvalidDescriptionException refusal = Assert.Throws<InvalidDescriptionException>(() =>
            RobustnessEvaluation.Run(_model, _source, Threat, Transferred, new EvaluationOptions { Surrogate = other }));

        Assert.Equal("Options.Surrogate: must compute in the model's Float32, got Float64. Convert it with surrogate.to(model's dtype).", Assert.Single(refusal.Problems).ToString());
    }

    [Fact]
    public void Run_JournalOfAnotherSurrogate_IsRefused()
    {
        EvaluationOptions options = new() { Surrogate = _twin, JournalFolder = _folder };
        RobustnessResult first = RobustnessEvaluation.Run(_model, _source, Threat, Transferred, options);
        int calls = _twin.Calls;
        Assert.Equal(first, RobustnessEvaluation.Run(_model, _source, Threat, Transferred, options));
        Assert.Equal(calls, _twin.Calls);

        using LinearModel other = LinearModel.TwoClasses(75, shift: 1);
        foreach (LinearModel? surrogate in new[] { other, null })
        {
            string difference = Assert.Single(Assert.Throws<EvaluationJournalException>(() => RobustnessEvaluation.Run(
                _model, _source, Threat, surrogate is null ? AttackSuite.Of("transfer", new Fgsm()) : Transferred, options with { Surrogate = surrogate })).Differences, text => text.StartsWith("surrogate: stored "));
            Assert.EndsWith(surrogate is null ? "now nothing" : "\"", difference);
        }
    }
}
