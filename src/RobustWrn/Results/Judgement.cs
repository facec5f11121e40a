using System.Globalization;
using System.Text.Json.Serialization;
using RobustWrn.Attacks;
using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn;

/// <summary>
/// The outcome of the attacks that rank a trained network, on validation images (<see cref="RobustExperiment.RankedBy"/>): its robust
/// accuracy, or an upper bound where they stopped because it could not win any more.
/// </summary>
public sealed record Judgement
{
    /// <summary>Validation images that are classified rightly.</summary>
    public required Proportion Clean { get; init; }

    /// <summary>Validation images that are classified rightly after every attack, too; null where the attacks stopped.</summary>
    public Proportion? Robust { get; init; }

    /// <summary>
    /// The upper bound of the robust accuracy where the attacks stopped: images that had not fallen by then, attacked or not. Null where
    /// the accuracy is known.
    /// </summary>
    public Proportion? AtMost { get; init; }

    /// <summary>The robust accuracy that it could not reach any more, a share; null where the attacks finished.</summary>
    public double? MustReach { get; init; }

    /// <summary>The verdict on each image as it is; null where the evaluator gave the counts alone.</summary>
    public BitRow? Right { get; init; }

    /// <summary>
    /// The images that no attack has fooled: of finished attacks the robust ones, of those that stopped all that may be. Null where the
    /// evaluator gave the counts alone.
    /// </summary>
    public BitRow? Standing { get; init; }

    /// <summary>The images that each attack left, in the order they ran; of those that stopped, among the images they came to.</summary>
    public ValueList<AttackOutcome> Attacks { get; init; } = [];

    /// <summary>True where an upper bound is all that is known.</summary>
    [JsonIgnore]
    public bool IsBound => Robust is null;

    /// <summary>The robust accuracy as a measure of a trial: a share, or an upper bound of it.</summary>
    /// <param name="name">The measure's name.</param>
    public Measure RobustMeasure(string name) =>
        Robust is { } robust ? Measure.Of(name, robust) : Measure.AtMost(name, AtMost.GetValueOrDefault());

    /// <summary>The verdicts on each image, by name; none where the evaluator gave the counts alone.</summary>
    [JsonIgnore]
    public ValueList<NamedVerdicts> Verdicts => Right is null || Standing is null ? [] :
    [
        new NamedVerdicts(NamedVerdicts.Right, Right),
        new NamedVerdicts(IsBound ? NamedVerdicts.Standing : NamedVerdicts.Robust, Standing),
    ];

    /// <summary>The outcome of an evaluation.</summary>
    public static Judgement Of(RacedEvaluation raced)
    {
        ArgumentNullException.ThrowIfNull(raced);
        return raced.IsFinished
            ? new Judgement
            {
                Clean = raced.Result.Clean,
                Robust = raced.Result.Robust,
                Right = Bits(raced.Result, example => example.CleanPrediction == example.Label),
                Standing = Bits(raced.Result, example => example.Robust),
                Attacks = Told(raced.Result.Attacks),
            }
            : new Judgement
            {
                Clean = raced.Bound.Clean,
                AtMost = raced.Bound.AtMost,
                MustReach = raced.Bound.MustReach,
                Right = raced.Bound.Right,
                Standing = raced.Bound.Standing,
                Attacks = Told(raced.Bound.Attacks),
            };
    }

    /// <summary>Accuracies, or the bound and what it could not reach.</summary>
    public override string ToString() => (Robust is { } robust ? $"robust {robust}" : AtMost is { } bound
        ? string.Create(
            CultureInfo.InvariantCulture, $"robust at most {100 * bound.Value:0.0} %, below the {100 * MustReach:0.0} % to reach")
        : "robust unknown") + $", clean {Clean}";

    // A stand-in for an evaluation may give counts and nothing of the images.
    private static BitRow? Bits(RobustnessResult result, Func<ExampleOutcome, bool> verdict) =>
        result.Examples.Count == 0 ? null : BitRow.Of(result.Examples.Select(verdict));

    private static ValueList<AttackOutcome> Told(ValueList<AttackTally> attacks) =>
        attacks.Select(attack => new AttackOutcome(attack.Name, attack.CorrectBefore, attack.CorrectAfter)).ToValueList();
}
