using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>Counts the images that a model is asked about.</summary>
internal sealed class Counting(nn.Module<Tensor, Tensor> model) : nn.Module<Tensor, Tensor>(nameof(Counting))
{
    public long Images { get; private set; }

    public override Tensor forward(Tensor input)
    {
        Images += input.shape[0];
        return model.call(input);
    }
}
