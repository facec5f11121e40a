using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// The module of a block that can be folded. The features that blocks hand on may be kept as scale * x + shift (coordinates) instead of x, so that the batch
/// normalisation which reads them next is done already. Modules that do not implement this are called as they are, and read and write x.
/// </summary>
public interface IFreezableBlock
{
    /// <summary>The batch normalisation that the block reads its input through; null if the block needs x itself and writes x itself.</summary>
    BatchNorm? FirstNormalization { get; }

    /// <summary>Whether the input is added to the output as it is, so that both have the same coordinates.</summary>
    bool KeepsInput { get; }

    /// <summary>Whether something beside <see cref="FirstNormalization"/> reads the input, so that coordinates must be undone.</summary>
    bool ReadsRawInput { get; }

    /// <summary>Folds the block.</summary>
    /// <param name="folding">Folds layers and owns their new weights.</param>
    /// <param name="input">Coordinates of the input.</param>
    /// <param name="output">Coordinates of the output.</param>
    /// <returns>The block's function. It may leave intermediate tensors to the dispose scope of its caller.</returns>
    Func<Tensor, Tensor> Freeze(Folding folding, ChannelAffine input, ChannelAffine output);
}
