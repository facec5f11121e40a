using RobustWrn.Core;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>Training flags, gradient flags and, where wanted, buffers of a model at a moment, to go back to whatever the model does meanwhile.</summary>
internal sealed class ModelSnapshot : IDisposable
{
    private readonly (string Name, nn.Module Module, bool Training)[] _modes;
    private readonly (string Name, Parameter Parameter, bool RequiresGrad)[] _gradients;
    private readonly BufferSnapshot? _buffers;

    /// <summary>Looks at a model, and changes nothing of it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="buffers">Whether buffers are copied, too.</param>
    public ModelSnapshot(nn.Module model, bool buffers)
    {
        _modes = [.. model.named_modules().Prepend((name: model.GetName(), module: model)).DistinctBy(named => named.module, ReferenceEqualityComparer.Instance)
            .Select(named => (named.name, named.module, named.module.training))];
        _gradients = [.. model.named_parameters().Select(named => (named.name, named.parameter, named.parameter.requires_grad))];
        _buffers = buffers ? new BufferSnapshot(model) : null;
    }

    /// <summary>All modules, the model itself first.</summary>
    public IEnumerable<nn.Module> Modules => _modes.Select(mode => mode.Module);

    /// <summary>All parameters.</summary>
    public IEnumerable<Parameter> Parameters => _gradients.Select(gradient => gradient.Parameter);

    /// <summary>What has another flag than at that moment, in words; null when nothing has.</summary>
    public string? Changed()
    {
        foreach ((string name, nn.Module module, bool training) in _modes)
        {
            if (module.training != training)
                return $"{name} is in {(training ? "evaluation" : "training")} mode";
        }
        foreach ((string name, Parameter parameter, bool requiresGrad) in _gradients)
        {
            if (!parameter.IsInvalid && parameter.requires_grad != requiresGrad)
                return $"{name} {(requiresGrad ? "takes no gradients" : "takes gradients")}";
        }
        return null;
    }

    /// <summary>Brings everything back, each on its own, so that one that resists does not keep the others.</summary>
    /// <returns>What could not be brought back, in words; empty for all but models that misbehave.</returns>
    public ValueList<string> Restore()
    {
        using IDisposable guard = no_grad();
        List<string> left = [];
        foreach ((string name, Parameter parameter, bool requiresGrad) in _gradients)
            Try(left, name, () => { if (parameter.requires_grad != requiresGrad) parameter.requires_grad_(requiresGrad); });
        left.AddRange(_buffers?.Restore() ?? []);
        if (Passes(static (module, training) => module.train(training)) && Passes(PlainMode.Set))
        {
            left.AddRange(_modes.Where(mode => mode.Module.training != mode.Training)
                .Select(mode => $"{mode.Name} stays in {(mode.Training ? "evaluation" : "training")} mode: its train() keeps a mode of its own."));
        }
        return left.ToValueList();
    }

    // train() passes its flag on to the children, and a module can be the child of several: repeat until each has its own flag again. Every pass settles at least the
    // outermost modules that are still wrong, so there are at most as many passes as modules; a module that keeps a mode of its own is never settled so.
    private bool Passes(Action<nn.Module, bool> set)
    {
        for (int pass = 0; pass <= _modes.Length; pass++)
        {
            bool settled = true;
            foreach ((_, nn.Module module, bool training) in _modes)
            {
                if (module.training == training)
                    continue;
                settled = false;
                try
                {
                    set(module, training);
                }
                catch (Exception)
                {
                    // A user's train() may throw: the flag is set without it afterwards.
                }
            }
            if (settled)
                return false;
        }
        return _modes.Any(mode => mode.Module.training != mode.Training);
    }

    private static void Try(List<string> left, string name, Action restore)
    {
        try
        {
            restore();
        }
        catch (Exception e)
        {
            left.Add($"{name}: {e.Message.Split('\n')[0]}");
        }
    }

    public void Dispose() => _buffers?.Dispose();
}
