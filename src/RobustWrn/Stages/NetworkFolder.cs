using System.Text.RegularExpressions;
using RobustWrn.Core;

namespace RobustWrn;

/// <summary>
/// The folder of one training of one network, and what the files in it belong to. Its name is one that people can read, with a part that
/// tells it from the same network trained otherwise.
/// </summary>
internal sealed partial class NetworkFolder
{
    private const int LongestName = 60, Told = 12;

    /// <summary>The folder of one training.</summary>
    /// <param name="record">The folder of the experiment.</param>
    /// <param name="experiment">The experiment.</param>
    /// <param name="objective">The canonical text of its objective, as the folder has it recorded.</param>
    /// <param name="spec">The network.</param>
    /// <param name="replicate">Which training of it, from 0.</param>
    public NetworkFolder(string record, RobustExperiment experiment, string objective, INetworkSpec spec, int replicate)
    {
        Network = DescriptionJson.Fingerprint(spec);
        Training = DescriptionJson.Fingerprint(string.Join('\n',
            experiment.Data.Training.Train.Fingerprint, experiment.Data.Training.Validation.Fingerprint,
            experiment.Data.Training.Extra?.Fingerprint,
            DescriptionJson.Canonical(experiment.Threat), objective, DescriptionJson.Canonical(experiment.Recipe),
            experiment.Seed.Replicate(replicate)));
        Evaluation = DescriptionJson.Fingerprint(string.Join('\n',
            experiment.Data.Test.Fingerprint, DescriptionJson.Canonical(experiment.Threat), DescriptionJson.Canonical(experiment.Suite),
            experiment.Seed));
        string audited = string.Join('\n',
            experiment.Data.Training.Validation.Fingerprint, DescriptionJson.Canonical(experiment.Threat),
            DescriptionJson.Canonical(experiment.Recipe.ValidationAttackFor(experiment.Threat)), experiment.Recipe.ValidationImages,
            experiment.Seed);
        // What ranks networks is audited where something else does it than their validation attack.
        Ranking = experiment.RankingSuite is null ? ""
            : DescriptionJson.Fingerprint($"{audited}\n{DescriptionJson.Canonical(experiment.RankingSuite)}");
        Auditing = experiment.RankingSuite is null ? DescriptionJson.Fingerprint(audited) : Ranking;
        string name = Unreadable().Replace(spec.Name, "_");
        name = $"{name[..Math.Min(name.Length, LongestName)]}-{DescriptionJson.Fingerprint($"{Network}\n{Training}")[..Told]}-r{replicate}";
        Path = System.IO.Path.Combine(record, ExperimentFolder.Networks, name);
        WeightsInRecord = $"{ExperimentFolder.Networks}/{name}/{WeightsName}";
    }

    private const string WeightsName = "weights.safetensors";

    public string Path { get; }

    public string Trained => In("trained.json");

    public string Weights => In(WeightsName);

    public string Paused => In("paused.json");

    public string Test => In("test.json");

    public string Journal => In("test");

    public string Audit => In("audit.json");

    public string Judgement => In("ranking.json");

    public string JudgementJournal => In("ranking");

    public string Checkpoints => In("training");

    /// <summary>The weights as a result names them: below the record's folder, with slashes on every system.</summary>
    public string WeightsInRecord { get; }

    /// <summary>The fingerprint of the network.</summary>
    public string Network { get; }

    /// <summary>The fingerprint of all else that decides the training: images, threat, objective, recipe and seed.</summary>
    public string Training { get; }

    /// <summary>The fingerprint of what decides the audit on validation, besides the weights: images, threat, attack and seed.</summary>
    public string Auditing { get; }

    /// <summary>
    /// The fingerprint of what decides the attacks that rank it, besides the weights and what it must reach: images, threat, attacks and
    /// seed.
    /// </summary>
    public string Ranking { get; }

    /// <summary>The fingerprint of what decides the final evaluation, besides the weights: images, threat, attacks and seed.</summary>
    public string Evaluation { get; }

    private string In(string name) => System.IO.Path.Combine(Path, name);

    [GeneratedRegex("[^A-Za-z0-9.+-]+", RegexOptions.CultureInvariant)]
    private static partial Regex Unreadable();
}
