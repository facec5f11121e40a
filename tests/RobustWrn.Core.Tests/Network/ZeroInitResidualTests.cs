using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

public class ZeroInitResidualTests
{
    public static readonly TheoryData<string> Blocks = new(DescriptionTypes.Implementing(typeof(IBlock)).Where(pair => pair.Value.Assembly == typeof(IBlock).Assembly).Select(pair => pair.Key));

    /// <summary>In evaluation mode a block of equal width is then the identity for what is not negative, and yet the weights that make it so get a gradient: unlike after zeroing a normalisation before a ReLU.</summary>
    [Theory]
    [MemberData(nameof(Blocks))]
    public void Build_ZeroInitResidual_BlockIsItsShortcutAndLearns(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        IBlock block = (IBlock)Activator.CreateInstance(DescriptionTypes.Implementing(typeof(IBlock))[name])!;
        int width = 160; // the least at which the default RobustResBlock divides
        BlockShape shape = new(block.OutChannels(width), width, 1) { ZeroInitResidual = true };
        using nn.Module<Tensor, Tensor> module = block.Build(shape);
        NetworkInitialization.Draw(module, RandomStream.From(1).For("test"));
        Tensor input = rand(1, shape.InChannels, 3, 3);
        module.eval();

        Tensor output = module.call(input);
        output.Squared().sum().backward();

        Assert.True(output.Equals(input));
        (string _, TorchSharp.Modules.Parameter last) = Assert.Single(module.named_parameters(),
            named => named.name.EndsWith("weight", StringComparison.Ordinal) && named.parameter.count_nonzero().WholeNumber() == 0);
        Assert.True(last.grad!.abs().sum().Number() > 0);
    }
}
