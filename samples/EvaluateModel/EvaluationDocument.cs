using RobustWrn.Attacks;
using RobustWrn.Core;

namespace EvaluateModel;

/// <summary>The JSON this program writes; its schema is docs/evaluation.schema.json. It holds no times, so that a run that was killed and went on writes the same bytes.</summary>
public static class EvaluationDocument
{
    /// <summary>The version of the format. A field that is added keeps it, one that changes its meaning or goes raises it.</summary>
    public const int Version = 2;

    /// <summary>The document of a result.</summary>
    public static string Of(INetworkSpec network, INetworkSpec? surrogate, RobustnessResult result) => Json.Write(new
    {
        Version,
        Network = network.Name,
        Surrogate = surrogate?.Name,
        Threat = new { result.Threat!.Norm, result.Threat.Epsilon },
        Suite = Json.Node(result.Suite),
        Seed = result.Seed.Value,
        result.BlockSize,
        result.Images,
        Clean = Json.Accuracy(result.Clean),
        Robust = Json.Accuracy(result.Robust),
        WorstClass = result.WorstClass is { } worst ? Class(worst) : null,
        result.Conformance,
        result.Notices,
        Audit = result.Audit is { } audit ? Audit(audit) : null,
        Classes = result.Classes.Select(Class),
        Attacks = result.Attacks.Select(attack => new { attack.Name, attack.CorrectBefore, attack.CorrectAfter }),
        Examples = result.Examples.Select(example => new { example.Index, example.Label, example.CleanPrediction, example.Robust, example.BrokenBy, example.Margin }),
    });

    private static object Audit(AuditReport audit) => new
    {
        Verdict = Name(audit.Verdict),
        Findings = audit.Findings.Select(finding => new { finding.Check, Severity = Name(finding.Severity), finding.Message, finding.PValue }),
        audit.Made,
        NotMade = audit.NotMade.Select(gap => new { gap.Check, gap.Reason }),
        audit.Examples,
    };

    private static string Name(AuditVerdict verdict) => verdict.ToString().ToLowerInvariant();

    private static object Class(ClassTally tally) => new { tally.Label, tally.Name, Clean = Json.Accuracy(tally.Clean), Robust = Json.Accuracy(tally.Robust) };
}
