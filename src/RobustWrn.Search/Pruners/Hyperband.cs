using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// Hyperband (Li et al. 2018, arXiv 1603.06560, Algorithm 1): trials belong to brackets that halve from another rung on each, from the
/// earliest one to none at all, because nobody knows how early ranks can be believed.
/// </summary>
/// <remarks>
/// A trial's bracket follows from its number: each bracket has its share of the trials, evenly spread, so that studies of any length have
/// some in all. Within a bracket it is asynchronous halving.
/// </remarks>
public sealed record Hyperband : IPruner
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "hyperband";

    /// <summary>One in so many goes on, and each rung is so many times as far as the one before. Default 3 (Li et al. 2018).</summary>
    public int Reduction { get; init; } = 3;

    /// <summary>The brackets beside the one that ends none, at most. Default 3: the earliest rung is after a 27th of the steps.</summary>
    public int Halvings { get; init; } = 3;

    private const double GoldenRatio = 0.618_033_988_749_894_8;

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. Rule.Between(Reduction, 2, 100),
        .. Rule.Between(Halvings, 1, 10),
        .. Rule.Holds(!(Reduction is >= 2 and <= 100 && Halvings is >= 1 and <= 10) || Math.Pow(Reduction, Halvings) <= Rule.MostRepetitions,
            nameof(Halvings), $"must leave {nameof(Reduction)} to its power at most {Rule.MostRepetitions}, the most steps, got {Halvings}."),
    ];

    /// <inheritdoc/>
    public ValueList<int> Rungs(TrainingLadder ladder)
    {
        this.ThrowIfInvalid();
        ladder.ThrowIfInvalid();
        return HalvingRungs.Of(ladder.LastStep, Reduction, Halvings);
    }

    /// <summary>
    /// The trials of a round by bracket: n_s = ceil((S + 1) / (s + 1) * reduction^s) for the bracket of s halvings (Algorithm 1, line 2).
    /// </summary>
    /// <param name="ladder">The steps of every trial of the study.</param>
    /// <returns>The number for each number of halvings, from 0.</returns>
    /// <exception cref="InvalidDescriptionException">The pruner or the ladder has problems.</exception>
    public ValueList<int> Brackets(TrainingLadder ladder)
    {
        int most = Rungs(ladder).Count;
        return [.. Enumerable.Range(0, most + 1).Select(s => (int)Math.Ceiling((most + 1.0) / (s + 1) * Math.Pow(Reduction, s)))];
    }

    /// <summary>The number of halvings that a trial faces.</summary>
    /// <param name="number">The trial's number, from 0.</param>
    /// <param name="ladder">The steps of every trial of the study.</param>
    /// <exception cref="InvalidDescriptionException">The pruner or the ladder has problems.</exception>
    public int BracketOf(int number, TrainingLadder ladder)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        return BracketOf(number, Brackets(ladder));
    }

    /// <inheritdoc/>
    public PruningDecision Decide(PrunerContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        ValueList<int> rungs = Rungs(context.Ladder), brackets = Brackets(context.Ladder);
        int own = BracketOf(context.Trial.Number, brackets);
        int at = rungs.Index().Where(rung => rung.Item == context.Rung).Select(rung => rung.Index).DefaultIfEmpty(-1).First();
        // A bracket of s halvings has the last s rungs.
        return at >= rungs.Count - own && at >= 0
            ? HalvingRungs.Decide(context, context.Others.Where(other => BracketOf(other.Number, brackets) == own), Reduction)
            : PruningDecision.GoOn;
    }

    // Multiples of the golden ratio fall evenly into [0, 1), however many there are, and each bracket has its share of that.
    private static int BracketOf(int number, ValueList<int> brackets)
    {
        double place = (number + 0.5) * GoldenRatio % 1 * brackets.Sum();
        int bracket = brackets.Count - 1;
        for (; bracket > 0 && place >= brackets[bracket]; bracket--)
            place -= brackets[bracket];
        return bracket;
    }
}
