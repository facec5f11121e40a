using System.Text.Json.Serialization;
using RobustWrn.Attacks;
using RobustWrn.Core;
using RobustWrn.Search;
using RobustWrn.Training;

namespace RobustWrn;

/// <summary>The settings of an experiment: everything its result depends on.</summary>
public sealed record ExperimentSettings
{
    /// <summary>Identifies the images and their splits.</summary>
    public required string Data { get; init; }

    /// <summary>Images trained on.</summary>
    public required long TrainImages { get; init; }

    /// <summary>Images selected on.</summary>
    public required long ValidationImages { get; init; }

    /// <summary>Images the final evaluation is on.</summary>
    public required long TestImages { get; init; }

    /// <summary>The ball in which an attacker may move an image.</summary>
    public required ThreatModel Threat { get; init; }

    /// <summary>Identifies the search space; null without a search.</summary>
    public string? Space { get; init; }

    /// <summary>The sampler that proposed trials; null without a search.</summary>
    public ISampler? Sampler { get; init; }

    /// <summary>The pruner that ended trials on their way; null where each was trained to its end.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] // folders of before there was one are gone on with
    public IPruner? Pruner { get; init; }

    /// <summary>The objectives of the search.</summary>
    public ValueList<ISearchObjective> Goals { get; init; } = [new RobustAccuracy()];

    /// <summary>The limits of good networks.</summary>
    public ValueList<SearchLimit> Limits { get; init; } = [];

    /// <summary>
    /// The number of trials of a batch; null in a free-running search. Experiments of before this was recorded had batches of 1.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int? BatchWidth { get; init; } = 1;

    /// <summary>The networks that trials are compared with.</summary>
    public required ValueList<INetworkSpec> Baselines { get; init; }

    /// <summary>The objective that networks were trained by.</summary>
    public required IRobustObjective Objective { get; init; }

    /// <summary>The schedule of the training.</summary>
    public required TrainingRecipe Recipe { get; init; }

    /// <summary>The attacks of the final evaluation.</summary>
    public required AttackSuite Suite { get; init; }

    /// <summary>
    /// The attacks on validation images that ranked trained networks; null where the validation attack of their training did.
    /// </summary>
    public AttackSuite? RankingSuite { get; init; }

    /// <summary>When the search ends.</summary>
    public required Budget Budget { get; init; }

    /// <summary>The seed.</summary>
    public required Seed Seed { get; init; }

    /// <summary>The number of times that networks of the final evaluation were trained, each with a seed of its own.</summary>
    public required int Replicates { get; init; }

    /// <summary>Training, images and evaluation.</summary>
    public override string ToString() =>
        $"{Objective.Name} on {Quantity.Of(TrainImages, "image")} under {Threat}, "
        + $"{(RankingSuite is null ? "" : $"ranked by {RankingSuite.Name}, ")}"
        + $"judged by {Suite.Name} on {Quantity.Of(TestImages, "image")}; "
        + $"{Quantity.Of(Baselines.Count, "baseline")}, "
        + $"{(Space is null ? "no search" : $"{Quantity.Of(Budget.MaxTrials, "trial")} at most")}, "
        + $"{Quantity.Of(Replicates, "replicate")}, seed {Seed}";
}
