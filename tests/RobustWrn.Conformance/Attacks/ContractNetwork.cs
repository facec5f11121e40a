using RobustWrn.Core;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Conformance.Attacks;

/// <summary>
/// A small convolutional network in a state that is easy to spoil: half of its modules train, one parameter is frozen, another has a gradient, batch norm
/// would update its statistics, and a buffer counts the calls.
/// </summary>
internal sealed class ContractNetwork : nn.Module<Tensor, Tensor>
{
    private readonly Classifier _network;
    private readonly Dropout _drop;
    private readonly Tensor _counter;
    private readonly List<bool> _training = [], _batchNorms = [];

    public ContractNetwork(ScalarType dtype = ScalarType.Float32)
        : base(nameof(ContractNetwork))
    {
        _network = WideResNetSpec.Of(stem: 4, depths: [1, 1], widths: [4, 6]).Build(2);
        _drop = nn.Dropout(0.5);
        _counter = zeros([1], ScalarType.Int64).DetachFromDisposeScope();
        RegisterComponents();
        _network.to(dtype);
        train();
        foreach (nn.Module module in _network.modules().Where((_, i) => i % 2 == 1))
            module.eval();
        Parameter[] parameters = [.. _network.parameters()];
        parameters[0].requires_grad_(false);
        using Tensor gradient = ones_like(parameters[1]);
        parameters[1].grad = gradient.clone().DetachFromDisposeScope();
    }

    /// <summary>Told the number of each call, from 1.</summary>
    public Action<int> OnCall { get; set; } = _ => { };

    public int Calls { get; private set; }

    public IReadOnlyList<bool> TrainingWhenCalled => _training;

    /// <summary>The flags of the batch norms, which <see cref="TrainingWhenCalled"/> leaves out.</summary>
    public IReadOnlyList<bool> BatchNormsWhenCalled => _batchNorms;

    public override Tensor forward(Tensor input)
    {
        Calls++;
        _training.AddRange(modules().Where(module => module is not BatchNorm).Select(module => module.training));
        _batchNorms.AddRange(modules().OfType<BatchNorm>().Select(layer => layer.training));
        using (no_grad())
            _counter.PlusInPlace(1);
        OnCall(Calls);
        using Tensor dropped = _drop.call(input);
        return _network.call(dropped);
    }
}
