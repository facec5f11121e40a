using System.Text.Json;
using System.Text.Json.Serialization;
using RobustWrn.Core;

namespace RobustWrn.Attacks;

/// <summary>What an evaluation found: counts with intervals, over all images, per class, per attack and per image.</summary>
public sealed record RobustnessResult
{
    /// <summary>The version of the format written; newer ones are refused.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The version of the format.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>How far images were moved.</summary>
    public ThreatModel? Threat { get; init; }

    /// <summary>The attacks, with their settings.</summary>
    public AttackSuite Suite { get; init; } = new();

    /// <summary>Where random starts came from.</summary>
    public Seed Seed { get; init; }

    /// <summary>Images attacked together.</summary>
    public int BlockSize { get; init; }

    /// <summary>The fingerprint of the images.</summary>
    public string Images { get; init; } = "";

    /// <summary>The published standard the numbers conform to, such as <c>autoattack-standard-2020</c>; null when any constant was another or an attack had to do without its loss.</summary>
    public string? Conformance { get; init; }

    /// <summary>What attacks had to do otherwise than their names say, such as DLR with too few classes.</summary>
    public ValueList<string> Notices { get; init; } = [];

    /// <summary>Images that are right unchanged.</summary>
    public Proportion Clean { get; init; }

    /// <summary>Images that are right unchanged and after every attack.</summary>
    public Proportion Robust { get; init; }

    /// <summary>The same for each class that has images, by label.</summary>
    public ValueList<ClassTally> Classes { get; init; } = [];

    /// <summary>What each attack did, in the suite's order.</summary>
    public ValueList<AttackTally> Attacks { get; init; } = [];

    /// <summary>What became of each image, in the order of the source.</summary>
    public ValueList<ExampleOutcome> Examples { get; init; } = [];

    /// <summary>Whether the numbers can be believed, and what speaks against it; null where nobody asked.</summary>
    public AuditReport? Audit { get; init; }

    /// <summary>The images the attacks found, when they were kept; the owner of the result disposes them. Not part of the JSON.</summary>
    [JsonIgnore]
    public AdversarialImages? Adversarial { get; init; }

    /// <summary>The class with the lowest robust accuracy, the first of equals; null without classes. The mean hides it.</summary>
    [JsonIgnore]
    public ClassTally? WorstClass => Classes.MinBy(tally => tally.Robust.Value);

    /// <summary>Compares the robust accuracy with another model's on the same images, image by image (McNemar's test).</summary>
    /// <param name="other">The other result: the same images under the same threat and suite.</param>
    /// <exception cref="ArgumentException">Images, threat or suite differ.</exception>
    public PairedComparison CompareRobust(RobustnessResult other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Threat != Threat || other.Suite != Suite)
            throw new ArgumentException("both results must have the same threat and suite: their verdicts mean different things otherwise.", nameof(other));
        Dictionary<long, bool> theirs = other.Examples.ToDictionary(outcome => outcome.Index, outcome => outcome.Robust);
        if (theirs.Count != Examples.Count || other.Images != Images || !Examples.All(outcome => theirs.ContainsKey(outcome.Index)))
            throw new ArgumentException($"both results must be of the same images, got {Examples.Count} of {Images} and {theirs.Count} of {other.Images}.", nameof(other));
        return PairedComparison.Of(Examples.Select(outcome => outcome.Robust).ToArray(), Examples.Select(outcome => theirs[outcome.Index]).ToArray());
    }

    /// <summary>As JSON, with the version.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, DescriptionJson.Options);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <param name="json">The document.</param>
    /// <param name="source">Where it came from, for error messages.</param>
    /// <exception cref="InvalidDataException">Not such a document, or one of a newer version.</exception>
    public static RobustnessResult FromJson(string json, string source = "the JSON text") =>
        VersionedJson.Read<RobustnessResult>(json, CurrentVersion, source, "robustness result");

    /// <summary>The result over several parts of one set of images, evaluated in the same way. Kept images are joined when all parts have them.</summary>
    /// <param name="parts">The parts, in order, at least one.</param>
    /// <exception cref="ArgumentException">There is no part; threat, suite, seed or block size differ; or an example is in two parts.</exception>
    public static RobustnessResult Combine(params ReadOnlySpan<RobustnessResult> parts)
    {
        if (parts.IsEmpty)
            throw new ArgumentException("there must be at least one part, got none.", nameof(parts));
        RobustnessResult first = parts[0];
        List<ExampleOutcome> outcomes = [];
        List<AdversarialImages> kept = [];
        long[] before = new long[first.Attacks.Count], after = new long[before.Length];
        AttackRun[] runs = new AttackRun[before.Length];
        foreach (RobustnessResult part in parts)
        {
            if (part.Threat != first.Threat || part.Suite != first.Suite || part.Seed != first.Seed || part.BlockSize != first.BlockSize)
                throw new ArgumentException("parts must have the same threat, suite, seed and block size: their counts mean different things otherwise.", nameof(parts));
            outcomes.AddRange(part.Examples);
            for (int a = 0; a < before.Length; a++)
            {
                before[a] += part.Attacks[a].CorrectBefore;
                after[a] += part.Attacks[a].CorrectAfter;
                runs[a] += new AttackRun(part.Attacks[a].Duration, 0, part.Attacks[a].Farthest);
            }
            if (part.Adversarial is not null)
                kept.Add(part.Adversarial);
        }
        if (outcomes.Select(outcome => outcome.Index).Distinct().Count() != outcomes.Count)
            throw new ArgumentException("parts must not share examples, but one is in two of them.", nameof(parts));
        Dictionary<int, string> names = [];
        foreach (RobustnessResult part in parts)
        {
            foreach (ClassTally tally in part.Classes)
                names[tally.Label] = tally.Name;
        }
        RobustnessResult all = Of(outcomes, label => names[label]);
        return first with
        {
            Images = string.Join('+', parts.ToArray().Select(part => part.Images).Distinct()),
            Clean = all.Clean,
            Robust = all.Robust,
            Classes = all.Classes,
            Examples = all.Examples,
            Attacks = first.Attacks.Select((tally, a) => new AttackTally(tally.Name, before[a], after[a], runs[a].Duration) { Farthest = runs[a].Farthest }).ToValueList(),
            Audit = parts.ToArray().All(part => part.Audit is not null) ? AuditReport.Combine([.. parts.ToArray().Select(part => part.Audit!)]) : null,
            Adversarial = kept.Count == parts.Length ? AdversarialImages.Join(kept) : null,
        };
    }

    internal static RobustnessResult Of(IReadOnlyList<ExampleOutcome> outcomes, ValueList<string> classNames) =>
        Of(outcomes, label => label < classNames.Count ? classNames[label] : $"class {label}");

    private static RobustnessResult Of(IReadOnlyList<ExampleOutcome> outcomes, Func<int, string> name) => new()
    {
        Clean = CountClean(outcomes),
        Robust = CountRobust(outcomes),
        Classes = outcomes.GroupBy(outcome => outcome.Label).OrderBy(group => group.Key)
            .Select(group => new ClassTally(group.Key, name(group.Key), CountClean([.. group]), CountRobust([.. group]))).ToValueList(),
        Examples = outcomes.ToValueList(),
    };

    private static Proportion CountClean(IReadOnlyCollection<ExampleOutcome> outcomes) => new(outcomes.Count(outcome => outcome.CleanPrediction == outcome.Label), outcomes.Count);

    private static Proportion CountRobust(IReadOnlyCollection<ExampleOutcome> outcomes) => new(outcomes.Count(outcome => outcome.Robust), outcomes.Count);

    /// <summary>Accuracies, what they were found with, and whether they can be believed.</summary>
    public override string ToString() =>
        $"robust {Robust}, clean {Clean}{(Threat is null ? "" : $" under {Threat}")}"
        + (Attacks.Count == 0 ? "" : $" after {Quantity.First([.. Attacks.Select(attack => attack.Name)], 6)}")
        + (WorstClass is { } worst ? $"; worst class {worst.Name} {worst.Robust}" : "")
        + (Conformance is null ? "" : $"; conforms to {Conformance}")
        + (Audit is null ? "; not audited" : $"; {Audit.Summary}");
}
