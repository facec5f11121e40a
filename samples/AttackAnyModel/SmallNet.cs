using RobustWrn.Core;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AttackAnyModel;

/// <summary>A plain TorchSharp module.</summary>
internal sealed class SmallNet : nn.Module<Tensor, Tensor>
{
    private readonly Sequential _layers;

    public SmallNet(int classes, RandomStream random)
        : base(nameof(SmallNet))
    {
        _layers = nn.Sequential(
            nn.Conv2d(3, 16, 3, stride: 2, padding: 1), nn.ReLU(),
            nn.Conv2d(16, 32, 3, stride: 2, padding: 1), nn.ReLU(),
            nn.Conv2d(32, 64, 3, stride: 2, padding: 1), nn.ReLU(),
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, classes));
        RegisterComponents();
        Draw(random.For("initialisation"));
    }

    public override Tensor forward(Tensor input) => _layers.call(input);

    // TorchSharp draws weights from a global generator; drawn here instead, two runs of this program print the same numbers.
    private void Draw(RandomStream random)
    {
        using IDisposable guard = no_grad();
        long index = 0;
        foreach ((string name, Parameter parameter) in named_parameters())
        {
            using DisposeScope scope = NewDisposeScope();
            long fanIn = parameter.numel() / parameter.shape[0];
            parameter.copy_(name.EndsWith("bias", StringComparison.Ordinal)
                ? zeros_like(parameter)
                : random.At(index++).Normal([0], parameter.shape)[0].Times(Math.Sqrt(2.0 / fanIn)));
        }
    }
}
