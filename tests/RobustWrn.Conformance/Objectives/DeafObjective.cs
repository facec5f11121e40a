using RobustWrn.Attacks;
using RobustWrn.Core;
using RobustWrn.Training;

namespace RobustWrn.Conformance.Objectives;

/// <summary>Has the options that others have and does nothing with them.</summary>
internal sealed record DeafObjective : IRobustObjective
{
    public const string TypeName = "test-deaf";

    public double LabelSmoothing { get; init; }

    public IAttack? InnerAttack { get; init; }

    public string Name => "deaf";

    public ObjectiveLoss Evaluate(ObjectiveContext context, CancellationToken cancellationToken = default) => new Madry().Evaluate(context, cancellationToken);

    public IEnumerable<Problem> Problems() => [];
}
