using RobustWrn.Core;

namespace RobustWrn.Attacks;

/// <summary>The goal of the examples that are still active. The tensors belong to those.</summary>
internal sealed class ActiveGoal
{
    private readonly ActiveExamples _active;
    private readonly PerExample _labels;
    private readonly PerExample? _targets, _clean;
    private AttackGoal _goal;
    private int _count;

    /// <summary>Of all examples.</summary>
    /// <param name="active">The examples, none of which has left.</param>
    /// <param name="goal">What the attacker wants of them; only read.</param>
    public ActiveGoal(ActiveExamples active, AttackGoal goal)
    {
        _active = active;
        _labels = active.Keep(goal.Labels.alias());
        _targets = goal.Targets is { } targets ? active.Keep(targets.alias()) : null;
        _clean = goal.CleanLogits is { } clean ? active.Keep(clean.alias()) : null;
        (_goal, _count) = (Current(goal), active.Count);
    }

    /// <summary>Of those that are left: another object once some have left, the same until then, so that it is checked once.</summary>
    public AttackGoal Value
    {
        get
        {
            if (_count != _active.Count)
                (_goal, _count) = (Current(_goal), _active.Count);
            return _goal;
        }
    }

    private AttackGoal Current(AttackGoal goal) =>
        goal with { Labels = _labels.Value, Targets = _targets?.Value, CleanLogits = _clean?.Value };
}
