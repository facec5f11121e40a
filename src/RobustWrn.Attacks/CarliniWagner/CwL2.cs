using System.Globalization;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// The Euclidean attack of Carlini and Wagner 2017 (arXiv 1608.04644): for each example the smallest change that fools the model, found by Adam on
/// |x' - x|^2 + c * max(confidence - margin(x'), 0) in a variable that cannot leave [0, 1], with a binary search over c. Each example has its own c and
/// stops on its own. Targeted when the context has targets.
/// </summary>
/// <remarks>
/// Under a threat model an example counts only when its smallest change lies in the ball; the others come back projected, or unchanged when nothing fooled the model.
/// Runs with the defaults are long: <see cref="AttackEstimate"/> tells how long. Where the logits of an image lie closer together than
/// 2^-10 or farther apart than 2^10, c counts margins in units of
/// that distance, so that a model whose logits are scaled falls to it as the model itself does.
/// </remarks>
public sealed record CwL2 : IMinimumNormAttack
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "cw-l2";

    /// <summary>Adam's steps for each c. Default 10,000 (Carlini and Wagner 2017, section 8.3).</summary>
    public int Steps { get; init; } = 10_000;

    /// <summary>Values of c that are tried. Default 9 (the authors' code, BINARY_SEARCH_STEPS).</summary>
    public int SearchSteps { get; init; } = 9;

    /// <summary>The first c. Default 0.001 (the authors' code, INITIAL_CONST).</summary>
    public double InitialConstant { get; init; } = 1e-3;

    /// <summary>Adam's step length. Default 0.01 (the authors' code, LEARNING_RATE).</summary>
    public double LearningRate { get; init; } = 1e-2;

    /// <summary>The margin, in logits, by which the model must err (kappa). Default 0 (the authors' code, CONFIDENCE).</summary>
    public double Confidence { get; init; }

    /// <summary>Whether an example stops when its loss has not fallen over a tenth of the steps. Default: yes (the authors' code, ABORT_EARLY, for the batch as a whole).</summary>
    public bool AbortEarly { get; init; } = true;

    /// <summary>Where each descent starts, unless the context gives a start. Default: the images (Carlini and Wagner 2017).</summary>
    public IAttackStart Start { get; init; } = new CleanStart();

    /// <inheritdoc/>
    public string Name => Steps == 10_000 && SearchSteps == 9 ? "CW-L2" : string.Create(CultureInfo.InvariantCulture, $"CW-L2 {SearchSteps} x {Steps}");

    /// <inheritdoc/>
    public long MaxGradients => (long)SearchSteps * Steps;

    /// <inheritdoc/>
    public ValueList<IAttackLoss> Losses => [new Margin()];

    /// <inheritdoc/>
    public IAttack WithEffort(double share) => this with { Steps = Effort.Of(Steps, share) };

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. Rule.Positive(Steps), .. Rule.Positive(SearchSteps), .. Rule.Positive(InitialConstant), .. Rule.Positive(LearningRate),
        .. Rule.NotNegative(Confidence), .. Start.ProblemsAs(nameof(Start)),
    ];

    /// <inheritdoc/>
    public Tensor Perturb(AttackContext context, CancellationToken cancellationToken = default)
    {
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using MinimalPerturbations smallest = Minimize(context, cancellationToken);
        return smallest.Within(context).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    /// <remarks>The smallest in Euclidean length, whatever the threat's norm.</remarks>
    public MinimalPerturbations Minimize(AttackContext context, CancellationToken cancellationToken = default)
    {
        this.ThrowIfInvalid();
        cancellationToken.ThrowIfCancellationRequested();
        AttackInput.ThrowIfInvalid(context);
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using AttackedModel model = new(context, cancellationToken: cancellationToken);
        return new CwL2Search(this, context, model).Run(cancellationToken);
    }
}
