using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>The steps of a trial from the first to the last, and where its learning rate drops.</summary>
public sealed record TrainingLadder : IDescription
{
    /// <summary>
    /// The most drops: schedules of the literature have two or three, and one that falls with every step has none to name.
    /// </summary>
    public const int MostDrops = 100;

    /// <summary>The name in files.</summary>
    public const string TypeName = "training-ladder";

    /// <summary>
    /// The last step of a trial that is not pruned, such as its number of epochs. Default 200, as Rice et al. 2020 train.
    /// </summary>
    public int LastStep { get; init; } = 200;

    /// <summary>
    /// Where the learning rate drops, ascending: shares of <see cref="LastStep"/> below 1, or whole steps from 1, after which the rate is
    /// a lower one. Empty, the default, where that is unknown, or where the rate falls without steps.
    /// </summary>
    public ValueList<double> Drops { get; init; } = [];

    /// <summary>The last step before each drop, ascending, each once.</summary>
    /// <exception cref="InvalidDescriptionException">The ladder has problems.</exception>
    public ValueList<int> DropSteps()
    {
        this.ThrowIfInvalid();
        return [.. Drops.Select(Step).Where(step => step >= 1 && step < LastStep).Distinct().Order()];
    }

    /// <summary>The last step and the drops.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Quantity.Of(LastStep, "step")}, {(Drops.Count == 0 ? "drops unknown" : $"drops at {Drops}")}");

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. Rule.Positive(LastStep),
        .. Rule.Each(Drops, drop => Rule.Holds(
            drop is > 0 and < 1 || (drop >= 1 && drop < LastStep && drop == Math.Floor(drop)), "",
            string.Create(CultureInfo.InvariantCulture,
                $"must be a share of the steps above 0 and below 1, or a whole step from 1 to {LastStep - 1L}, got {drop}.")), most: MostDrops),
        .. Drops is { Count: > 1 and <= MostDrops } drops && !Ascends(drops)
            ? [new Problem(nameof(Drops), $"must ascend, got {drops}. Write the earliest first, as in [0.5, 0.75].")]
            : Array.Empty<Problem>(),
    ];

    // Compared as places, so that shares and steps may stand side by side.
    private bool Ascends(ValueList<double> drops)
    {
        for (int i = 1; i < drops.Count; i++)
        {
            if (!(Place(drops[i]) > Place(drops[i - 1])))
                return false;
        }
        return true;
    }

    private double Place(double drop) => drop < 1 ? drop * LastStep : drop;

    private int Step(double drop) => (int)Math.Round(Place(drop), MidpointRounding.AwayFromZero);
}
