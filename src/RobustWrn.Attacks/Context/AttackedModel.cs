using RobustWrn.Core;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// A model while it is attacked: in evaluation mode, its parameters frozen. Disposing restores training flags, gradient flags and buffers
/// exactly,
/// whatever happened in between.
/// </summary>
/// <remarks>
/// With <see cref="BatchNormMode.BatchStatistics"/> its batch norms (TorchSharp's <see cref="BatchNorm"/> and what derives from it)
/// normalise by the batch instead.
/// Gradients come from the <see cref="FrozenNetwork"/> of a model that is <see cref="IFreezable"/>, which is the same function up to
/// rounding and faster; logits, and so every
/// verdict, from the model itself.
/// <para>
/// A model belongs to one thread while it is attacked (<see cref="ModelHold"/>). It gets a copy of what it is asked about, so that one that
/// writes into its input, keeps or disposes it
/// changes nobody's images. Images are float32 or float64, as the model's parameters are, and so are its logits, of at least two classes;
/// everything else is refused before it is computed with.
/// </para>
/// </remarks>
public sealed class AttackedModel : IDisposable
{
    private readonly nn.Module<Tensor, Tensor> _model;
    private readonly string _name;
    private readonly ModelHold _hold;
    private readonly ModelSnapshot _before;
    private readonly ModelKind _kind;
    private readonly FrozenNetwork? _view;
    private readonly int _draws;
    private readonly CancellationToken _cancellationToken;
    private readonly bool _mixesExamples;
    private AttackGoal? _checked;
    private long _classes;
    private bool _disposed;

    /// <summary>
    /// Puts the model of a context into evaluation mode and freezes its parameters until <see cref="Dispose"/>: what an attack begins with.
    /// Batch norms, the draws of a gradient and the dtype of what steers are the context's.
    /// </summary>
    /// <param name="context">What is attacked; its model stays owned by the caller.</param>
    /// <param name="steers">
    /// Whether gradients will be asked for: verdicts alone need no fast view, which takes the memory of its weights.
    /// </param>
    /// <param name="cancellationToken">Checked between the draws of one gradient.</param>
    /// <exception cref="ModelInUseException">Another thread attacks or trains the model, or one that shares parts with it.</exception>
    public AttackedModel(AttackContext context, bool steers = true, CancellationToken cancellationToken = default)
        : this(Given(context).Model, context.BatchNorm, steers, context.SteeringPrecision, context.GradientDraws, cancellationToken)
    {
    }

    /// <summary>
    /// Puts a model into evaluation mode and freezes its parameters until <see cref="Dispose"/>, where there is no context.
    /// </summary>
    /// <param name="model">The model; stays owned by the caller.</param>
    /// <param name="batchNorm">What its batch norms go by.</param>
    /// <param name="steers">
    /// Whether gradients will be asked for: verdicts alone need no fast view, which takes the memory of its weights.
    /// </param>
    /// <exception cref="ModelInUseException">Another thread attacks or trains the model, or one that shares parts with it.</exception>
    public AttackedModel(nn.Module<Tensor, Tensor> model, BatchNormMode batchNorm = BatchNormMode.Evaluation, bool steers = true)
        : this(model, batchNorm, steers, precision: null, draws: 1, CancellationToken.None)
    {
    }

    private AttackedModel(
        nn.Module<Tensor, Tensor> model, BatchNormMode batchNorm, bool steers, ScalarType? precision, int draws,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(model);
        (_model, _draws, _cancellationToken) = (model, draws, cancellationToken);
        _name = _model.GetName();
        _kind = ModelKind.Of(_model);
        // Where a gradient is of several draws, or of all images together, how steep each loss is weighs in the sum.
        _mixesExamples = batchNorm == BatchNormMode.BatchStatistics || draws > 1;
        _hold = new ModelHold(_model, "attacks");
        try
        {
            _before = new ModelSnapshot(_model, buffers: true);
        }
        catch
        {
            _hold.Dispose();
            throw;
        }
        try
        {
            _model.eval();
            BatchNorm[] batchNorms = batchNorm == BatchNormMode.BatchStatistics ? [.. _before.Modules.OfType<BatchNorm>()] : [];
            foreach (BatchNorm layer in batchNorms)
                layer.train(); // they track, too, but what they track is a buffer and comes back
            foreach (Parameter parameter in _before.Parameters)
                parameter.requires_grad_(false);
            // A view has the running statistics folded in.
            _view = batchNorms.Length > 0 || !steers ? null
                : precision is { } shorter ? ((Classifier)_model).Freeze(shorter)
                : (_model as IFreezable)?.Freeze();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What <see cref="Dispose"/> could not bring back, in words; empty for all but models that misbehave.</summary>
    public ValueList<string> NotRestored { get; private set; } = [];

    /// <summary>Images sent through the model so far, with or without a gradient.</summary>
    public long ImagesSeen { get; private set; }

    /// <summary>Logits without a graph.</summary>
    /// <param name="images">(N, C, H, W).</param>
    /// <returns>(N, classes). The caller disposes it.</returns>
    /// <exception cref="ArgumentException">The images are of another kind than the model, or it returned something other than logits of at
    /// least two classes in the images' dtype.</exception>
    /// <exception cref="NonFiniteLogitsException">The model returned NaN or infinity.</exception>
    public Tensor Logits(Tensor images) => LogitsBy(images, _model.call);

    /// <summary>As <see cref="Logits"/>, by another way through the model, such as one that shows its stages.</summary>
    internal Tensor LogitsBy(Tensor images, Func<Tensor, Tensor> forward)
    {
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        ImagesSeen += images.shape[0];
        PassMeter.Forward(images.shape[0]);
        Tensor logits = Answer(images, forward);
        NonFiniteLogitsException.ThrowIfAny(logits);
        return logits.MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The gradient of a loss, summed over the examples, with respect to the images. Gradients of parameters stay untouched.
    /// </summary>
    /// <param name="images">(N, C, H, W).</param>
    /// <param name="loss">The loss.</param>
    /// <param name="goal">What the attacker wants.</param>
    /// <returns>(N, C, H, W). The caller disposes it.</returns>
    /// <exception cref="ArgumentException">A label or target has no logit.</exception>
    public Tensor Gradient(Tensor images, IAttackLoss loss, AttackGoal goal) => Gradient(images, logits =>
    {
        Check(goal, logits);
        return loss.PerExample(logits, goal).sum();
    });

    /// <summary>
    /// The gradient of each example's loss up to a positive factor of its own, for steps that go by its direction alone: of
    /// <see cref="IAttackLoss.Unsaturated"/> where the loss has one, so that a
    /// model that is sure of itself still shows the way.
    /// </summary>
    /// <param name="images">(N, C, H, W).</param>
    /// <param name="loss">The loss.</param>
    /// <param name="goal">What the attacker wants.</param>
    /// <returns>(N, C, H, W). The caller disposes it.</returns>
    /// <exception cref="ArgumentException">A label or target has no logit.</exception>
    public Tensor AscentGradient(Tensor images, IAttackLoss loss, AttackGoal goal) => Gradient(images, logits =>
    {
        Check(goal, logits);
        return RankOf(loss, logits, goal).sum();
    });

    /// <summary>
    /// What <see cref="AscentGradient"/> is the gradient of: it orders points as the loss does, also where that saturates.
    /// </summary>
    /// <param name="loss">The loss.</param>
    /// <param name="logits">(N, classes), with a graph when a gradient is wanted.</param>
    /// <param name="goal">What the attacker wants.</param>
    /// <returns>(N). The caller disposes it.</returns>
    public Tensor RankOf(IAttackLoss loss, Tensor logits, AttackGoal goal) =>
        (_mixesExamples ? null : loss.Unsaturated(logits, goal)) ?? loss.PerExample(logits, goal);

    /// <summary>The gradient of any scalar of the logits with respect to the images. Gradients of parameters stay untouched.</summary>
    /// <param name="images">(N, C, H, W).</param>
    /// <param name="objective">From logits (N, classes) to a scalar.</param>
    /// <returns>(N, C, H, W). The caller disposes it.</returns>
    public Tensor Gradient(Tensor images, Func<Tensor, Tensor> objective)
    {
        using GradientPass pass = Pass(images);
        return pass.Gradient(objective);
    }

    /// <summary>
    /// Logits and the gradient of a scalar of them, of one pass. Both come from the fast view where there is one: they steer, but a verdict
    /// takes <see cref="Logits"/>.
    /// </summary>
    /// <param name="images">(N, C, H, W).</param>
    /// <param name="objective">From logits (N, classes) to a scalar.</param>
    /// <returns>Logits (N, classes) without a graph, and the gradient (N, C, H, W). The caller disposes both.</returns>
    public (Tensor Logits, Tensor Gradient) LogitsAndGradient(Tensor images, Func<Tensor, Tensor> objective)
    {
        using GradientPass pass = Pass(images);
        Tensor gradient = pass.Gradient(objective);
        return (pass.Logits.alias(), gradient);
    }

    /// <summary>
    /// Whether passes that steer run on a view of the model, so that what they say must be confirmed by <see cref="Logits"/>.
    /// </summary>
    public bool HasView => _view is not null;

    /// <summary>A pass with a graph, on the view where there is one: for gradients of several scalars of the same logits.</summary>
    /// <param name="images">(N, C, H, W).</param>
    /// <returns>The pass. The caller disposes it.</returns>
    public GradientPass Pass(Tensor images)
    {
        _kind.ThrowIfOther(images);
        ImagesSeen += images.shape[0] * _draws;
        return new GradientPass(images, asked => Answer(asked, _view is null ? _model.call : _view.Logits), _draws, _cancellationToken);
    }

    /// <summary>Logits without a graph, of the view where there is one: for decisions that only steer.</summary>
    /// <param name="images">(N, C, H, W).</param>
    /// <returns>(N, classes). The caller disposes it.</returns>
    public Tensor SteeringLogits(Tensor images)
    {
        if (_view is null)
            return Logits(images);
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        ImagesSeen += images.shape[0];
        PassMeter.Forward(images.shape[0]);
        return Answer(images, _view.Logits).MoveToOuterDisposeScope();
    }

    /// <summary>As <see cref="SteeringLogits(Tensor)"/>, where the model's own are known: without a view they are the same.</summary>
    internal Tensor SteeringLogits(Tensor images, Tensor known) => HasView ? SteeringLogits(images) : known;

    /// <summary>
    /// Confirms points on the model: where a view steers, one counts as fooled only when the model says so, too. Of those that the view
    /// claims, the ones that are.
    /// </summary>
    /// <param name="claimed">Which points the view takes for fooled, boolean (N).</param>
    /// <param name="points">(N, C, H, W).</param>
    /// <param name="goal">What the attacker wants of them.</param>
    /// <returns>Boolean (N). The caller disposes it.</returns>
    public Tensor Confirmed(Tensor claimed, Tensor points, AttackGoal goal)
    {
        ArgumentNullException.ThrowIfNull(claimed);
        ArgumentNullException.ThrowIfNull(goal);
        using DisposeScope scope = NewDisposeScope();
        Tensor confirmed = claimed.clone(), rows = claimed.nonzero().flatten();
        if (HasView && rows.numel() > 0)
            confirmed.index_copy_(0, rows, goal.Rows(rows).Reached(Logits(points.index_select(0, rows))));
        return confirmed.MoveToOuterDisposeScope();
    }

    /// <summary>Images followed through the view; null where there is none or it cannot. The caller disposes them.</summary>
    internal FollowedImages? Follow(Tensor images)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _kind.ThrowIfOther(images);
        FollowedImages? followed = _view?.Follow(images);
        ImagesSeen += followed?.Count ?? 0;
        PassMeter.Forward(followed?.Count ?? 0);
        return followed;
    }

    /// <summary>As <see cref="SteeringLogits(Tensor)"/>, of followed images that change in a window, at that share of a pass.</summary>
    internal Tensor FollowedLogits(FollowedImages followed, Tensor images, PixelWindow window, double share)
    {
        ImagesSeen += images.shape[0];
        PassMeter.Followed(images.shape[0], share);
        return followed.Try(images, window.Rows.AsSpan(), window.Columns.AsSpan(), window.Side);
    }

    /// <summary>
    /// Logits, the loss of each example and its <see cref="AscentGradient"/>, of one pass; what steers, as in
    /// <see cref="LogitsAndGradient"/>.
    /// </summary>
    /// <param name="images">(N, C, H, W).</param>
    /// <param name="loss">The loss.</param>
    /// <param name="goal">What the attacker wants.</param>
    /// <returns>
    /// Logits (N, classes), losses (N) and what orders points as the losses do where those saturate (N), without a graph, and the gradient
    /// (N, C, H, W). The caller disposes the four.
    /// </returns>
    /// <exception cref="ArgumentException">A label or target has no logit.</exception>
    public (Tensor Logits, Tensor Loss, Tensor Rank, Tensor Gradient) Differentiate(Tensor images, IAttackLoss loss, AttackGoal goal)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor? losses = null, ranks = null;
        (Tensor logits, Tensor gradient) = LogitsAndGradient(images, seen =>
        {
            Check(goal, seen);
            Tensor? unsaturated = _mixesExamples ? null : loss.Unsaturated(seen, goal);
            Tensor each = loss.PerExample(unsaturated is null ? seen : seen.detach(), goal);
            losses = each.detach().MoveToOtherDisposeScope(scope);
            ranks = (unsaturated ?? each).detach().MoveToOtherDisposeScope(scope);
            return (unsaturated ?? each).sum();
        });
        return (logits.MoveToOuterDisposeScope(), losses!.MoveToOuterDisposeScope(), ranks!.MoveToOuterDisposeScope(),
            gradient.MoveToOuterDisposeScope());
    }

    // A copy each time: a model may write into what it is given, keep it or dispose it. What a model keeps of its answers is not ours to dispose either.
    private Tensor Answer(Tensor images, Func<Tensor, Tensor> forward)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _kind.ThrowIfOther(images);
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = forward(images.clone());
        ModelAnswer.ThrowIfNoLogits(logits, images, _name, ref _classes);
        return (scope.Contains(logits) ? logits : logits.alias()).MoveToOuterDisposeScope();
    }

    // Once a goal: a class without a logit would stop the process on some devices, and reading a value back costs time there.
    private void Check(AttackGoal goal, Tensor logits)
    {
        if (ReferenceEquals(_checked, goal))
            return;
        AttackInput.ThrowIfOutside(goal.Labels, logits);
        if (goal.Targets is not null)
            AttackInput.ThrowIfOutside(goal.Targets, logits, "targets");
        _checked = goal;
    }

    private static AttackContext Given(AttackContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// It throws for no model: what could not be brought back is in <see cref="NotRestored"/>. A second time does nothing.
    /// </remarks>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        try
        {
            // Where the hold went with one around it, or was taken over from a dead thread, all is as it was, or another's: flags of back then would spoil it.
            if (_hold.IsHeld)
                NotRestored = _before.Restore();
            _before.Dispose();
            _view?.Dispose();
        }
        finally
        {
            _hold.Dispose();
        }
    }
}
