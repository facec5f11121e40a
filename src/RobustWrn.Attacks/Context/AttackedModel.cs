using RobustWrn.Core;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// A model while it is attacked: in evaluation mode, its parameters frozen. Disposing restores training flags, gradient flags and buffers exactly,
/// whatever happened in between.
/// </summary>
/// <remarks>
/// With <see cref="BatchNormMode.BatchStatistics"/> its batch norms (TorchSharp's <see cref="BatchNorm"/> and what derives from it) normalise by the batch instead.
/// Gradients come from the <see cref="FrozenNetwork"/> of a model that is <see cref="IFreezable"/>, which is the same function up to rounding and faster; logits, and so every
/// verdict, from the model itself.
/// </remarks>
public sealed class AttackedModel : IDisposable
{
    private readonly nn.Module<Tensor, Tensor> _model;
    private readonly (nn.Module Module, bool Training)[] _modes;
    private readonly (Parameter Parameter, bool RequiresGrad)[] _gradients;
    private readonly (Tensor Buffer, Tensor Copy)[] _buffers;
    private readonly FrozenNetwork? _view;
    private readonly RepeatedModel? _repeated;
    private AttackGoal? _checked;

    /// <summary>Puts the model into evaluation mode and freezes its parameters until <see cref="Dispose"/>.</summary>
    /// <param name="model">The model; stays owned by the caller.</param>
    /// <param name="batchNorm">What its batch norms go by.</param>
    public AttackedModel(nn.Module<Tensor, Tensor> model, BatchNormMode batchNorm = BatchNormMode.Evaluation)
    {
        ArgumentNullException.ThrowIfNull(model);
        _repeated = model as RepeatedModel;
        model = _repeated?.Inner ?? model;
        BFloat16Search? search = model as BFloat16Search;
        _model = model = search?.Inner ?? model;
        _modes = [.. model.named_modules().Select(named => named.module).Prepend(model).Distinct().Select(module => (module, module.training))];
        _gradients = [.. model.parameters().Select(parameter => (parameter, parameter.requires_grad))];
        using (no_grad())
            _buffers = [.. model.buffers().Select(buffer => (buffer, buffer.clone().DetachFromDisposeScope()))];
        model.eval();
        BatchNorm[] batchNorms = batchNorm == BatchNormMode.BatchStatistics ? [.. _modes.Select(mode => mode.Module).OfType<BatchNorm>()] : [];
        foreach (BatchNorm layer in batchNorms)
            layer.train(); // they track, too, but what they track is a buffer and comes back
        foreach ((Parameter parameter, _) in _gradients)
            parameter.requires_grad_(false);
        try
        {
            // A view has the running statistics folded in.
            _view = batchNorms.Length > 0 ? null : search is null ? (model as IFreezable)?.Freeze() : search.Inner.Freeze(ScalarType.BFloat16);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Images sent through the model so far, with or without a gradient.</summary>
    public long ImagesSeen { get; private set; }

    /// <summary>Logits without a graph.</summary>
    /// <param name="images">(N, C, H, W).</param>
    /// <returns>(N, classes). The caller disposes it.</returns>
    /// <exception cref="NonFiniteLogitsException">The model returned NaN or infinity.</exception>
    public Tensor Logits(Tensor images)
    {
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        ImagesSeen += images.shape[0];
        PassMeter.Forward(images.shape[0]);
        Tensor logits = _model.call(images);
        NonFiniteLogitsException.ThrowIfAny(logits);
        return logits.MoveToOuterDisposeScope();
    }

    /// <summary>The gradient of a loss, summed over the examples, with respect to the images. Gradients of parameters stay untouched.</summary>
    /// <param name="images">(N, C, H, W).</param>
    /// <param name="loss">The loss.</param>
    /// <param name="goal">What the attacker wants.</param>
    /// <returns>(N, C, H, W). The caller disposes it.</returns>
    /// <exception cref="ArgumentException">A label or target has no logit.</exception>
    public Tensor Gradient(Tensor images, IAttackLoss loss, AttackGoal goal) => Gradient(images, logits =>
    {
        if (!ReferenceEquals(_checked, goal))
            Check(goal, logits);
        return loss.PerExample(logits, goal).sum();
    });

    /// <summary>The gradient of any scalar of the logits with respect to the images. Gradients of parameters stay untouched.</summary>
    /// <param name="images">(N, C, H, W).</param>
    /// <param name="objective">From logits (N, classes) to a scalar.</param>
    /// <returns>(N, C, H, W). The caller disposes it.</returns>
    public Tensor Gradient(Tensor images, Func<Tensor, Tensor> objective)
    {
        using GradientPass pass = Pass(images);
        return pass.Gradient(objective);
    }

    /// <summary>Logits and the gradient of a scalar of them, of one pass. Both come from the fast view where there is one: they steer, but a verdict takes <see cref="Logits"/>.</summary>
    /// <param name="images">(N, C, H, W).</param>
    /// <param name="objective">From logits (N, classes) to a scalar.</param>
    /// <returns>Logits (N, classes) without a graph, and the gradient (N, C, H, W). The caller disposes both.</returns>
    public (Tensor Logits, Tensor Gradient) LogitsAndGradient(Tensor images, Func<Tensor, Tensor> objective)
    {
        using GradientPass pass = Pass(images);
        Tensor gradient = pass.Gradient(objective);
        return (pass.Logits.alias(), gradient);
    }

    /// <summary>Whether passes that steer run on a view of the model, so that what they say must be confirmed by <see cref="Logits"/>.</summary>
    internal bool HasView => _view is not null;

    /// <summary>A pass with a graph, on the view where there is one.</summary>
    internal GradientPass Pass(Tensor images)
    {
        ImagesSeen += images.shape[0] * (_repeated?.Draws ?? 1);
        return new GradientPass(images, _view is null ? _model.call : _view.Logits, _repeated);
    }

    /// <summary>Logits without a graph, of the view where there is one: for decisions that only steer.</summary>
    internal Tensor SteeringLogits(Tensor images)
    {
        if (_view is null)
            return Logits(images);
        using IDisposable guard = no_grad();
        ImagesSeen += images.shape[0];
        PassMeter.Forward(images.shape[0]);
        return _view.Logits(images);
    }

    /// <summary>Images followed through the view; null where there is none or it cannot. The caller disposes them.</summary>
    internal FollowedImages? Follow(Tensor images)
    {
        FollowedImages? followed = _view?.Follow(images);
        ImagesSeen += followed?.Count ?? 0;
        PassMeter.Forward(followed?.Count ?? 0);
        return followed;
    }

    /// <summary>As <see cref="SteeringLogits"/>, of followed images that change in a window, at that share of a pass.</summary>
    internal Tensor FollowedLogits(FollowedImages followed, Tensor images, PixelWindow window, double share)
    {
        ImagesSeen += images.shape[0];
        PassMeter.Followed(images.shape[0], share);
        return followed.Try(images, window.Rows, window.Columns, window.Side);
    }

    /// <summary>Logits, the loss of each example and its gradient, of one pass; what steers, as in <see cref="LogitsAndGradient"/>.</summary>
    /// <returns>Logits (N, classes) and losses (N) without a graph, and the gradient (N, C, H, W). The caller disposes the three.</returns>
    internal (Tensor Logits, Tensor Loss, Tensor Gradient) Differentiate(Tensor images, IAttackLoss loss, AttackGoal goal)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor? losses = null;
        (Tensor logits, Tensor gradient) = LogitsAndGradient(images, seen =>
        {
            if (!ReferenceEquals(_checked, goal))
                Check(goal, seen);
            Tensor each = loss.PerExample(seen, goal);
            losses = each.detach().MoveToOtherDisposeScope(scope);
            return each.sum();
        });
        return (logits.MoveToOuterDisposeScope(), losses!.MoveToOuterDisposeScope(), gradient.MoveToOuterDisposeScope());
    }

    // Once a goal: a class without a logit would stop the process on some devices, and reading a value back costs time there.
    private void Check(AttackGoal goal, Tensor logits)
    {
        AttackInput.ThrowIfOutside(goal.Labels, logits);
        if (goal.Targets is not null)
            AttackInput.ThrowIfOutside(goal.Targets, logits, "targets");
        _checked = goal;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        using IDisposable guard = no_grad();
        _view?.Dispose();
        foreach ((Parameter parameter, bool requiresGrad) in _gradients)
            parameter.requires_grad_(requiresGrad);
        foreach ((Tensor buffer, Tensor copy) in _buffers)
        {
            buffer.copy_(copy);
            copy.Dispose();
        }
        // train() passes its flag on to the children, and a module can be the child of several: repeat until each has its own flag again.
        // Every pass settles at least the outermost modules that are still wrong, so there are at most as many passes as levels.
        for (bool settled = false; !settled;)
        {
            settled = true;
            foreach ((nn.Module module, bool training) in _modes)
            {
                if (module.training == training)
                    continue;
                module.train(training);
                settled = false;
            }
        }
    }
}
