using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Benchmarks;

/// <summary>Logits of images that changed in a window, followed, beside a pass of the whole images.</summary>
internal sealed class FollowBenchmark : IDisposable
{
    private readonly Classifier _classifier;
    private readonly FrozenNetwork _view;
    private readonly Tensor _images;

    public FollowBenchmark(WideResNetSpec spec, int batch)
    {
        _classifier = spec.Build(0);
        _classifier.eval();
        _view = _classifier.Freeze()!;
        _images = RandomStream.From(1).Uniform([.. Enumerable.Range(0, batch).Select(i => (long)i)], [3, 32, 32]);
    }

    /// <summary>The share of the multiply-adds, and the ratio of the CPU times.</summary>
    public (double Work, double Median, double Lowest, double Highest) Ratio(int side, int rounds, int passes = 20)
    {
        using IDisposable guard = no_grad();
        using FollowedImages followed = _view.Follow(_images)!;
        using Tensor none = zeros(_images.shape[0], ScalarType.Bool);
        long[] first = [.. Enumerable.Range(0, (int)_images.shape[0]).Select(i => (long)i % (32 - side))];
        (double median, double lowest, double highest) = CpuTime.Ratio(rounds, Changes, Passes);
        return (followed.ShareOfWork(side), median, lowest, highest);

        void Changes()
        {
            for (int i = 0; i < passes; i++)
            {
                followed.Try(_images, first, first, side).Dispose();
                followed.Keep(none);
            }
        }

        void Passes()
        {
            for (int i = 0; i < passes; i++)
                _view.Logits(_images).Dispose();
        }
    }

    public void Dispose()
    {
        _view.Dispose();
        _classifier.Dispose();
        _images.Dispose();
    }
}
