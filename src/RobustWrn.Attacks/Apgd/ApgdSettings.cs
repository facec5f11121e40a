using System.Globalization;

namespace RobustWrn.Attacks;

/// <summary>Numbers of APGD that its runs share.</summary>
/// <param name="Loss">What is maximised.</param>
/// <param name="Rho">The share of steps that must raise the loss between two checkpoints.</param>
internal sealed record ApgdSettings(IAttackLoss Loss, double Rho)
{
    /// <summary>Whether fooled examples leave a run. It changes no verdict, only the time.</summary>
    public bool DropFooled { get; init; } = true;

    /// <summary>Told of each step, for tests.</summary>
    public Action<ApgdStep>? Watch { get; init; }

    /// <summary>The published short name of a loss, or that of its type.</summary>
    public static string NameOf(IAttackLoss loss) => loss switch
    {
        CrossEntropy => "CE",
        Dlr => "DLR",
        _ => loss.GetType().Name,
    };

    /// <summary>What a name says beside the loss: nothing for 100 steps and one start.</summary>
    public static string Suffix(int steps, int restarts) =>
        string.Create(CultureInfo.InvariantCulture, $"{(steps == 100 ? "" : $"-{steps}")}{(restarts > 1 ? $" x {restarts}" : "")}");
}
