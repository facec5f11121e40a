using RobustWrn.Attacks;
using RobustWrn.Core;

namespace RobustWrn.Tests;

/// <summary>An experiment whose networks are ranked by attacks of their own is checked, estimated and rehearsed with them.</summary>
public class RankingCheckTests
{
    private static readonly AttackSuite Ranking = AttackSuite.Of("stronger", new Fgsm(), new Pgd { Steps = 4 });

    [Fact]
    public void Check_RankingThatCannotRun_NamesEachFault()
    {
        using DatasetSplits images = SmallExperiment.Images();
        RobustExperiment experiment = SmallExperiment.On(images);

        Assert.Empty(experiment.RankedBy(Ranking).Check());
        Assert.Equal(["RankedBy.Attacks"], Subjects(experiment.RankedBy(AttackSuite.Of("none"))));
        Assert.Equal(["RankedBy.Attacks[1]"], Subjects(experiment.RankedBy(AttackSuite.Of("other", new Fgsm(), new Transfer()))));
        Assert.Equal(["RankedBy.Attacks[0].Steps"], Subjects(experiment.RankedBy(AttackSuite.Of("other", new Pgd { Steps = -1 }))));
        Assert.Equal(["RankedBy.Attacks[0]"], Subjects(RobustExperiment.On(images, new BareNorm { Epsilon = 0.1 })
            .Comparing(SmallExperiment.Baseline).RankedBy(AttackSuite.Of("parts", new Fab()))));
    }

    [Fact]
    public void Check_RankingThatDecidesNothing_SaysWhatToDo()
    {
        using DatasetSplits images = SmallExperiment.Images();
        RobustExperiment experiment = SmallExperiment.On(images).SearchingFor(new CleanAccuracy(), new ParameterCount()).RankedBy(Ranking);

        Problem problem = Assert.Single(experiment.Check());

        Assert.Equal("RankedBy: must have something to decide, but no objective and no limit is an accuracy under attack, got "
            + "\"clean accuracy\", \"parameters\". Search for RobustAccuracy, too, or leave the ranking out.", problem.ToString());
        Assert.Empty(experiment.Requiring(new WorstClassAccuracy(), 0.1).Check());
    }

    [Fact]
    public void EstimateAndRehearse_Ranking_CountIt()
    {
        using DatasetSplits images = SmallExperiment.Images();
        RobustExperiment experiment = SmallExperiment.On(images);

        ExperimentEstimate without = experiment.Estimate(), with = experiment.RankedBy(Ranking).Estimate();

        Assert.Equal(TimeSpan.Zero, without.Ranking);
        Assert.True(with.Ranking > TimeSpan.Zero);
        Assert.Equal(with.Training + with.Ranking + with.Testing, with.Total);
        Assert.Contains("; timed on ", with.ToString());
        Assert.Contains(" ranking ", with.ToString());
        Assert.DoesNotContain("ranking", without.ToString());
        Assert.Contains("stronger on 32 validation images", experiment.RankedBy(Ranking).Rehearse().Stages.Select(stage => stage.Name));
    }

    /// <summary>Experiments of before there was a ranking are the same ones.</summary>
    [Fact]
    public void Settings_WithoutARanking_AreWhatTheyWere()
    {
        using DatasetSplits images = SmallExperiment.Images();
        RobustExperiment experiment = SmallExperiment.On(images);

        Assert.DoesNotContain("rankingSuite", Json(experiment));
        Assert.Contains("rankingSuite", Json(experiment.RankedBy(Ranking)));

        static IEnumerable<string> Json(RobustExperiment experiment) => System.Text.Json.JsonSerializer
            .SerializeToNode(ExperimentCheck.Settings(experiment), DescriptionJson.Options)!.AsObject().Select(property => property.Key);
    }

    private static IEnumerable<string> Subjects(RobustExperiment experiment) => experiment.Check().Select(problem => problem.Subject);
}
