using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// Chooses, for the features between the blocks of a network, the coordinates that make most batch normalisations vanish. Blocks that add their input as it is tie
/// the features before and after them together; each such group may take the map of the normalisation that reads it last, which then has nothing left to do. The other readers
/// undo it, which is one multiplication and addition, as without coordinates.
/// </summary>
public static class StreamCoordinates
{
    // Undoing coordinates with |shift| far above |scale| would lose digits: relative to the features' spread, bias / weight says how far. Beyond it, features stay as they are.
    private const double LargestShift = 8;
    private const double SmallestScale = 1e-12;

    /// <summary>Coordinates before each block and, last, before the head.</summary>
    /// <param name="blocks">The modules of the blocks, in order.</param>
    /// <param name="stemGives">Whether what comes before the first block can write coordinates.</param>
    /// <param name="head">The normalisation before the pooling.</param>
    /// <param name="channels">Channels before each block and before the head.</param>
    public static ChannelAffine[] Choose(IReadOnlyList<nn.Module<Tensor, Tensor>> blocks, bool stemGives, nn.Module<Tensor, Tensor> head, IReadOnlyList<int> channels)
    {
        ChannelAffine[] coordinates = new ChannelAffine[blocks.Count + 1];
        for (int start = 0; start <= blocks.Count;)
        {
            int end = start;
            while (end < blocks.Count && blocks[end] is IFreezableBlock { KeepsInput: true })
                end++;
            bool given = start == 0 ? stemGives : Takes(blocks[start - 1]);
            bool taken = Enumerable.Range(start, end - start).All(i => Takes(blocks[i])) && (end == blocks.Count || Takes(blocks[end]));
            BatchNorm? last = end == blocks.Count ? head as BatchNorm : (blocks[end] as IFreezableBlock)?.FirstNormalization;
            bool undone = end > start || (end < blocks.Count && blocks[end] is IFreezableBlock { ReadsRawInput: true });
            ChannelAffine chosen = given && taken && last is not null && (!undone || CanBeUndone(last)) ? ChannelAffine.Of(last) : ChannelAffine.Identity(channels[start]);
            Array.Fill(coordinates, chosen, start, end - start + 1);
            start = end + 1;
        }
        return coordinates;
    }

    private static bool Takes(nn.Module<Tensor, Tensor> block) => block is IFreezableBlock { FirstNormalization: not null };

    private static bool CanBeUndone(BatchNorm normalization)
    {
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        double largest = (normalization.bias!.abs() / normalization.weight!.abs()).to(ScalarType.Float64).max().Number();
        // NaN (0 / 0) compares as false.
        return largest <= LargestShift && ChannelAffine.Of(normalization).Scale.Span.ToArray().All(scale => Math.Abs(scale) >= SmallestScale);
    }
}
