namespace RobustWrn.Core;

/// <summary>Where features change along one axis: intervals of one length, each with a start of its own.</summary>
/// <param name="Starts">One for each image.</param>
/// <param name="Length">How long they are.</param>
internal readonly record struct Interval(long[] Starts, int Length)
{
    /// <summary>The outputs of a window that slides over the axis which read a changed input, in intervals of one length again.</summary>
    /// <param name="kernel">The window's length.</param>
    /// <param name="stride">Its step.</param>
    /// <param name="padding">Zeros before the first input.</param>
    /// <param name="outputs">How many outputs there are.</param>
    public Interval Through(int kernel, int stride, int padding, int outputs)
    {
        // Output o reads inputs o * stride - padding to o * stride - padding + kernel - 1.
        int length = Math.Min(outputs, (Length + kernel - 2) / stride + 1);
        long[] starts = new long[Starts.Length];
        for (int i = 0; i < starts.Length; i++)
        {
            long first = Starts[i] - kernel + 1 + padding;
            starts[i] = Math.Clamp(first <= 0 ? 0 : (first + stride - 1) / stride, 0, outputs - length);
        }
        return new Interval(starts, length);
    }

    /// <summary>The inputs that the same window reads for these outputs; the first may lie in the padding.</summary>
    public Interval Read(int kernel, int stride, int padding)
    {
        long[] starts = new long[Starts.Length];
        for (int i = 0; i < starts.Length; i++)
            starts[i] = Starts[i] * stride - padding;
        return new Interval(starts, (Length - 1) * stride + kernel);
    }

    /// <summary>Intervals of the whole axis.</summary>
    public static Interval Whole(int images, int length) => new(new long[images], length);
}
