using System.Globalization;

namespace RobustWrn.Attacks;

/// <summary>What APGD and its targeted form are called.</summary>
internal static class ApgdName
{
    /// <summary>The published short name of a loss, or that of its type.</summary>
    public static string Of(IAttackLoss loss) => loss switch
    {
        CrossEntropy => "CE",
        Dlr => "DLR",
        _ => loss.GetType().Name,
    };

    /// <summary>What a name says beside the loss: nothing for 100 steps and one start.</summary>
    public static string Suffix(int steps, int restarts) =>
        string.Create(CultureInfo.InvariantCulture, $"{(steps == 100 ? "" : $"-{steps}")}{(restarts > 1 ? $" x {restarts}" : "")}");
}
