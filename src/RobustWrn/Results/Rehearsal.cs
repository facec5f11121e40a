using RobustWrn.Core;

namespace RobustWrn;

/// <summary>The findings of one batch run through every stage. Every stage named here went well; the first that does not throws.</summary>
/// <param name="Stages">The stages in order.</param>
public sealed record Rehearsal(ValueList<RehearsedStage> Stages)
{
    /// <summary>The stages and their times.</summary>
    public override string ToString() => Quantity.First([.. Stages.Select(stage => stage.ToString())], 10);
}

/// <summary>A stage of a rehearsal.</summary>
/// <param name="Name">The stage.</param>
/// <param name="Duration">How long it took for one batch.</param>
public sealed record RehearsedStage(string Name, TimeSpan Duration)
{
    /// <summary>The stage and its time.</summary>
    public override string ToString() => $"{Name}: {Quantity.Short(Duration)}";
}
