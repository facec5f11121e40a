using System.Globalization;

namespace RobustWrn.Attacks;

/// <summary>The names of APGD and its targeted form.</summary>
internal static class ApgdName
{
    /// <summary>The published short name of a loss, or that of its type.</summary>
    public static string Of(IAttackLoss loss) => loss switch
    {
        CrossEntropy => "CE",
        Dlr => "DLR",
        _ => loss.GetType().Name,
    };

    /// <summary>The part of a name beside the loss: nothing for 100 steps and one start.</summary>
    public static string Suffix(int steps, int restarts) =>
        string.Create(CultureInfo.InvariantCulture, $"{(steps == 100 ? "" : $"-{steps}")}{(restarts > 1 ? $" x {restarts}" : "")}");
}
