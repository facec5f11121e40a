using System.Globalization;
using RobustWrn.Attacks;
using RobustWrn.Core;

namespace RobustWrn;

/// <summary>The numbers of one trained network on the test split.</summary>
public sealed record TestOutcome
{
    /// <summary>The number of the replicate, from 0.</summary>
    public required int Replicate { get; init; }

    /// <summary>The file of its weights, below <see cref="ExperimentTiming.Folder"/>.</summary>
    public string? Weights { get; init; }

    /// <summary>Accuracy on clean images.</summary>
    public required Proportion Clean { get; init; }

    /// <summary>Accuracy after all attacks of the suite.</summary>
    public required Proportion Robust { get; init; }

    /// <summary>The images that each attack left, in the order they ran, each on the survivors of those before.</summary>
    public required ValueList<AttackOutcome> Attacks { get; init; }

    /// <summary>Robust accuracy per class, in the order of the classes.</summary>
    public required ValueList<Proportion> RobustPerClass { get; init; }

    /// <summary>
    /// The verdict on these numbers, with what speaks against them; null in results that were written before evaluations said so.
    /// </summary>
    public AuditReport? Audit { get; init; }

    /// <summary>The number of different classes that the network predicts on clean images: 1 is a network that learned nothing.</summary>
    public required int PredictedClasses { get; init; }

    /// <summary>Accuracies, what each attack left, and whether they can be believed.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"replicate {Replicate}: robust {Robust}, clean {Clean}; ")
        + $"{Quantity.First([.. Attacks.Select(attack => attack.ToString())], 6)}; {Audit?.Summary ?? "not audited"}";
}

/// <summary>The outcome of one attack of a suite.</summary>
/// <param name="Name">The attack.</param>
/// <param name="CorrectBefore">Images classified rightly before it.</param>
/// <param name="CorrectAfter">Images classified rightly after it.</param>
public sealed record AttackOutcome(string Name, long CorrectBefore, long CorrectAfter)
{
    /// <summary>The images that it left.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name} leaves {CorrectAfter} of {CorrectBefore}");
}
