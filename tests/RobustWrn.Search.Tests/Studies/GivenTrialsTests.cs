using RobustWrn.Core;

namespace RobustWrn.Search.Tests;

public sealed class GivenTrialsTests
{
    private static SearchSpace<WideResNetSpec> Space { get; } = Spaces.Widths([.. Enumerable.Range(1, 12)]);

    private static Study<WideResNetSpec> Open(IStudyStore? store = null, int? width = 4) =>
        Study.Open(Space, new RandomSampler(), seed: 5, store, new StudyOptions { MaxTrials = 8, Width = width });

    private static KnownTrial Of(int width, double? score = null) => new([new DimensionValue("width", $"{width}")])
    {
        Outcome = score is { } value ? new TrialOutcome(value) : null,
    };

    private static void Finish(Study<WideResNetSpec> study)
    {
        while (study.Ask() is { } trial)
            study.Tell(trial, trial.Spec.Stages[^1].Width / 100.0);
    }

    [Fact]
    public void Give_KnownAndUnknownNetworks_AreTheFirstTrialsAndNotTriedAgain()
    {
        using Study<WideResNetSpec> study = Open();

        Assert.Equal(2, study.Give([Of(7, 0.9), Of(3), Of(7, 0.1)]));
        Assert.Equal(0, study.Give([Of(3), Of(7, 0.9)]));
        Trial<WideResNetSpec> first = study.Ask()!;
        Assert.Equal((1, 3), (first.Number, first.Spec.Stages[^1].Width));
        study.Tell(first, 0.3);
        Finish(study);

        Assert.Equal(0.9, study.Trials[0].Outcome!.Measures[0].Value);
        Assert.Equal([true, true, false], study.Trials.Take(3).Select(trial => trial.IsGiven));
        Assert.Equal(8, study.Trials.Select(trial => trial.Identity).Distinct().Count());
        Assert.Equal(0, study.Best!.Number);
    }

    [Fact]
    public void Give_KilledAtEveryFact_EndsInTheSameLog()
    {
        using Study<WideResNetSpec> whole = Open();
        whole.Give([Of(7, 0.9), Of(3), Of(5, 0.2)]);
        Finish(whole);
        KilledStore store = new();
        while (true)
        {
            store.Allow(1);
            try
            {
                using Study<WideResNetSpec> study = Open(store);
                study.Give([Of(7, 0.9), Of(3), Of(5, 0.2)]);
                Finish(study);
                Assert.Equal(whole.LogText(), study.LogText());
                return;
            }
            catch (KilledStore.Kill)
            {
            }
        }
    }

    [Fact]
    public void Give_NewNetworkAfterTheSamplerHasBegun_IsRefusedInBatchesAlone()
    {
        using Study<WideResNetSpec> batches = Open(), free = Open(width: null);
        int taken = batches.Ask()!.Spec.Stages[^1].Width, other = taken % 12 + 1;
        free.Ask();

        Assert.StartsWith("networks must be given before a study in batches has asked its sampler",
            Assert.Throws<InvalidOperationException>(() => batches.Give([Of(other)])).Message);
        Assert.Equal(0, batches.Give([Of(taken)]));
        Assert.Equal(1, free.Give([Of(other)]));
    }

    [Fact]
    public void Give_NetworksThatAreNone_AreAllNamedAndNothingIsKept()
    {
        using Study<WideResNetSpec> study = Open();

        string message = Assert.Throws<InvalidDescriptionException>(() => study.Give(
        [
            Of(3, 0.5), Of(99), new KnownTrial([]), new KnownTrial([new("width", "3"), new("depth", "1")]),
            Of(4) with { Outcome = new TrialOutcome() },
        ])).Message;
        Assert.All((string[])["[1]", "[2]", "[3]", "[4]", "99", "\"depth\"", "must be measured"], part => Assert.Contains(part, message));
        Assert.Empty(study.Trials);
    }

    [Fact]
    public void Give_TrialsOfAnotherStudy_AreAWarmStart()
    {
        using Study<WideResNetSpec> before = Open();
        Finish(before);
        using Study<WideResNetSpec> study = Study.Open(Space, new TreeParzenEstimator(), seed: 9);

        Assert.Equal(8, study.Give(KnownTrial.Of(before.Trials)));
        Assert.Equal(before.Trials.Select(trial => trial.Outcome), study.Trials.Select(trial => trial.Outcome));
        Assert.DoesNotContain(study.Ask()!.Spec.Stages[^1].Width, before.Trials.Select(trial => before.SpecOf(trial).Stages[^1].Width));
    }
}
