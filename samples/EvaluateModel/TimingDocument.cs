using RobustWrn.Attacks;

namespace EvaluateModel;

/// <summary>How long the attacks took, apart from the result: no two runs take the same time.</summary>
public static class TimingDocument
{
    private const int Version = 1;

    /// <summary>The document of a result.</summary>
    public static string Of(RobustnessResult result) => Json.Write(new
    {
        Version,
        Attacks = result.Attacks.Select(attack => new { attack.Name, Seconds = attack.Duration.TotalSeconds }),
        Seconds = result.Attacks.Sum(attack => attack.Duration.TotalSeconds),
    });
}
