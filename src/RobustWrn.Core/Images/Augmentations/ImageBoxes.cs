using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// One rectangle of pixels for each image of a batch, from its first to before its last row and column; an empty one where they meet.
/// </summary>
/// <param name="count">How many images.</param>
internal sealed class ImageBoxes(int count)
{
    private readonly long[] _top = new long[count], _bottom = new long[count], _left = new long[count], _right = new long[count];

    public void Set(int image, long top, long bottom, long left, long right) =>
        (_top[image], _bottom[image], _left[image], _right[image]) = (top, bottom, left, right);

    /// <summary>Which pixels lie in the rectangle of their image: bool (N, 1, H, W). The caller disposes it.</summary>
    public Tensor Mask(long height, long width, Device device)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor rows = Between(ScalarArithmetic.Counting(height, device).unsqueeze(0), _top, _bottom, device);
        Tensor columns = Between(ScalarArithmetic.Counting(width, device).unsqueeze(0), _left, _right, device);
        return rows.unsqueeze(2).logical_and(columns.unsqueeze(1)).unsqueeze(1).MoveToOuterDisposeScope();
    }

    private static Tensor Between(Tensor positions, long[] from, long[] to, Device device) =>
        positions.ge(tensor(from, device: device).unsqueeze(1)).logical_and(positions.lt(tensor(to, device: device).unsqueeze(1)));
}
