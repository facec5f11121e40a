using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using RobustWrn.Core;

namespace RobustWrn.Attacks;

/// <summary>
/// An upper bound of a robust accuracy: an evaluation that stopped because it could not reach what it had to. It has no robust accuracy,
/// which nobody knows, and so nothing here can be read as one.
/// </summary>
public sealed record RobustnessBound
{
    /// <summary>The version of the format written; newer ones are refused.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The version of the format.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>How far images were moved.</summary>
    public ThreatModel? Threat { get; init; }

    /// <summary>The attacks, with their settings.</summary>
    public AttackSuite Suite { get; init; } = new();

    /// <summary>The seed of random starts.</summary>
    public Seed Seed { get; init; }

    /// <summary>Images attacked together.</summary>
    public int BlockSize { get; init; }

    /// <summary>The fingerprint of the images.</summary>
    public string Images { get; init; } = "";

    /// <summary>The robust accuracy that had to be reached, a share; <see cref="AtMost"/> is below it.</summary>
    public double MustReach { get; init; }

    /// <summary>Images that the whole suite was done with when it stopped, counting those that were wrong unchanged.</summary>
    public long Finished { get; init; }

    /// <summary>The images that are right unchanged, all of them judged, in the order of the source.</summary>
    public BitRow Right { get; init; } = BitRow.Of([]);

    /// <summary>
    /// The images that are right unchanged and had not fallen to an attack when it stopped, in the order of the source: all robust ones are
    /// among them, and others that were attacked in part or not at all.
    /// </summary>
    public BitRow Standing { get; init; } = BitRow.Of([]);

    /// <summary>The work of each attack on the blocks that it came to, in the suite's order.</summary>
    public ValueList<AttackTally> Attacks { get; init; } = [];

    /// <summary>What is left of the attacks in the model, where it could not be brought back.</summary>
    public ValueList<string> Notices { get; init; } = [];

    /// <summary>The upper bound: the robust accuracy on these images is this share or less. An interval would say nothing of it.</summary>
    [JsonIgnore]
    public Proportion AtMost => Standing.Share;

    /// <summary>Images that are right unchanged: an accuracy, of all images.</summary>
    [JsonIgnore]
    public Proportion Clean => Right.Share;

    /// <summary>As JSON, with the version.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, DescriptionJson.Options);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <param name="json">The document.</param>
    /// <param name="source">Where it came from, for error messages.</param>
    /// <exception cref="InvalidDataException">Not such a document, or one of a newer version.</exception>
    public static RobustnessBound FromJson(string json, string source = "the JSON text") =>
        VersionedJson.Read<RobustnessBound>(json, CurrentVersion, source, "robustness bound");

    /// <summary>The bound, what had to be reached, and where it stopped.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"robust at most {100 * AtMost.Value:0.0} % ({AtMost.Hits} of {AtMost.Total}), below the {100 * MustReach:0.0} % to reach")
        + $"{(Threat is null ? "" : $" under {Threat}")}: stopped with {Finished} of {Quantity.Of(Standing.Count, "image")} done; "
        + $"clean {Clean}";
}
