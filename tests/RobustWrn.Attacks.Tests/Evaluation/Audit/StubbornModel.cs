using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>A model with a part that does not take evaluation mode.</summary>
internal sealed class StubbornModel : nn.Module<Tensor, Tensor>
{
    private readonly Part part;

    public StubbornModel(nn.Module<Tensor, Tensor> inner)
        : base(nameof(StubbornModel))
    {
        part = new Part(inner.call);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => part.call(input);

    private sealed class Part(Func<Tensor, Tensor> inner) : nn.Module<Tensor, Tensor>(nameof(Part))
    {
        public override Tensor forward(Tensor input) => inner(input);

        public override void train(bool on = true) => base.train(true);
    }
}
