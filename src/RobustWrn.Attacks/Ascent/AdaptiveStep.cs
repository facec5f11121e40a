using RobustWrn.Core;

namespace RobustWrn.Attacks;

/// <summary>
/// The steps of <see cref="Apgd"/>, whose length nobody has to choose: with momentum, shortened and taken back to the best point where the
/// loss stops rising (Croce and Hein 2020, arXiv 2003.01690, algorithm 1; in L1, Croce and Hein 2021, arXiv 2103.01208). They are the
/// threat's own where its norm has some (<see cref="IApgdGeometry"/>), else <see cref="LpUpdate"/>.
/// </summary>
/// <param name="Rho">
/// The share of the steps between two checkpoints that must raise the loss. Default 0.75 (Croce and Hein 2020). Not used in L1.
/// </param>
public sealed record AdaptiveStep(double Rho = 0.75) : IStepRule
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "adaptive";

    /// <inheritdoc/>
    public bool KeepsBest => true;

    /// <inheritdoc/>
    public AscentUpdate Begin(AscentRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run.Threat is IApgdGeometry own ? own.ApgdUpdate(run, Rho) : new LpUpdate(run.Threat, run, Rho);
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => Rule.InClosed(Rho, 0, 1);
}
