using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn;

/// <summary>
/// Robust accuracy on the validation images of the class that has the lowest: adversarial training is less fair to classes than ordinary
/// training (Xu et al. 2021, arXiv 2010.06121). Of a network whose ranking attacks stopped it is the lowest of the classes' upper bounds,
/// which is one of the lowest.
/// </summary>
public sealed record WorstClassAccuracy : ISearchObjective
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "worst-class-accuracy";

    private const int Block = 1_000;

    /// <inheritdoc/>
    public StudyObjective Objective => StudyObjective.Maximise("worst class robust accuracy", ObjectiveKind.Share);

    /// <inheritdoc/>
    public bool IsRepeatable => true;

    /// <inheritdoc/>
    public bool IsUnderAttack => true;

    /// <inheritdoc/>
    public Measure Of(MeasuredNetwork network)
    {
        ArgumentNullException.ThrowIfNull(network);
        BitRow? verdicts = network.Judgement is { } judgement ? judgement.Standing : network.Verdicts?.Robust;
        BitRow robust = verdicts ?? throw new InvalidOperationException(
            "the accuracy of a class needs the verdict on each validation image, but the trainer gave the counts alone. Set "
                + "EpochMetrics.Verdicts in the trainer, or leave the objective out.");
        Proportion[] classes = new Proportion[network.Validation.ClassNames.Count];
        for (int at = 0; at < robust.Count; at += Block)
        {
            long[] indices = [.. Enumerable.Range(at, Math.Min(Block, robust.Count - at)).Select(i => (long)i)];
            using ImageBatch batch = network.Validation.Read(indices);
            long[] labels = [.. batch.Labels.cpu().data<long>()];
            for (int i = 0; i < labels.Length; i++)
                classes[labels[i]] += new Proportion(robust[at + i] ? 1 : 0, 1);
        }
        Proportion worst = classes.Where(of => of.Total > 0).MinBy(of => of.Value);
        return network.Judgement is { IsBound: true } ? Measure.AtMost(Objective.Name, worst) : Measure.Of(Objective.Name, worst);
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];
}
