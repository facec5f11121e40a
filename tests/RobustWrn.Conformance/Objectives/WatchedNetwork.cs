using RobustWrn.Core;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Conformance.Objectives;

/// <summary>A small float64 network with batch norm that writes down each forward pass.</summary>
internal sealed class WatchedNetwork : nn.Module<Tensor, Tensor>
{
    private readonly Conv2d _conv;
    private readonly BatchNorm _norm;
    private readonly Linear _linear;

    public WatchedNetwork()
        : base(nameof(WatchedNetwork))
    {
        _conv = nn.Conv2d(2, 4, 3, padding: 1);
        _norm = (BatchNorm)new BatchNormalization().Build(4);
        _linear = nn.Linear(4, 3);
        RegisterComponents();
        this.to(ScalarType.Float64);
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        long layer = 0;
        foreach (Parameter parameter in parameters())
            parameter.copy_(RandomStream.From(5).At(layer++).Normal([0], parameter.shape, ScalarType.Float64).squeeze(0));
        train();
    }

    /// <summary>Called in each forward pass with its number, from 1; may throw.</summary>
    public Action<int>? OnForward { get; set; }

    public int Passes { get; private set; }

    /// <summary>The inputs of the passes in training mode, kept until this network is disposed.</summary>
    public List<Tensor> TrainingInputs { get; } = [];

    /// <summary>For each pass of an attack, whether batch norm went by the statistics of the batch.</summary>
    public List<bool> AttackedByTheBatch { get; } = [];

    /// <summary>The state of a module that an objective must hand back: mode, gradient flag and value of everything but the statistics.</summary>
    public string[] Flags =>
    [
        .. named_modules().Select(pair => $"{pair.name} training {pair.module.training}"),
        .. named_parameters().Select(pair => $"{pair.name} gradient {pair.parameter.requires_grad} {pair.parameter.grad is null} {Convert.ToHexString(pair.parameter.detach().bytes)}"),
    ];

    public string[] Statistics => [.. named_buffers().Select(pair => $"{pair.name} {Convert.ToHexString(pair.buffer.bytes)}")];

    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Passes++;
        OnForward?.Invoke(Passes);
        if (!training)
            AttackedByTheBatch.Add(_norm.training);
        else
            TrainingInputs.Add(input.detach().clone().DetachFromDisposeScope());
        Tensor features = _norm.call(_conv.call(input)).Softplus(1);
        return _linear.call(features.mean([2, 3])).MoveToOuterDisposeScope();
    }

    /// <summary>Drops the kept inputs.</summary>
    public void Forget()
    {
        foreach (Tensor input in TrainingInputs)
            input.Dispose();
        TrainingInputs.Clear();
    }

    /// <summary>The statistics after these passes in training mode and no others.</summary>
    public static string[] StatisticsAfter(IEnumerable<Tensor> inputs)
    {
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        using WatchedNetwork fresh = new();
        foreach (Tensor input in inputs.ToArray())
            fresh.call(input);
        fresh.Forget();
        return fresh.Statistics;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Forget();
        base.Dispose(disposing);
    }
}
