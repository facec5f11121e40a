using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Benchmarks;

/// <summary>What 3x3 convolutions in float32 reach here at best: the yardstick for whole networks.</summary>
internal static class ConvolutionPeak
{
    private const int Repeats = 10, Rounds = 3;

    private static readonly (long Channels, long Side)[] Shapes = [(64, 32), (128, 16), (256, 16)];

    /// <summary>Floating-point operations a second of CPU time, a multiply-add counted as two; the best shape's best round.</summary>
    public static double FlopsPerSecond()
    {
        using IDisposable guard = no_grad();
        double best = 0;
        foreach ((long channels, long side) in Shapes)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor images = ones(32, channels, side, side), weight = ones(channels, channels, 3, 3);
            double flops = 2.0 * 32 * channels * channels * 9 * side * side * Repeats;
            nn.functional.conv2d(images, weight, padding: [1, 1]).Dispose();
            for (int round = 0; round < Rounds; round++)
            {
                double seconds = CpuTime.Of(() =>
                {
                    for (int i = 0; i < Repeats; i++)
                        nn.functional.conv2d(images, weight, padding: [1, 1]).Dispose();
                });
                best = Math.Max(best, flops / seconds);
            }
        }
        return best;
    }
}
