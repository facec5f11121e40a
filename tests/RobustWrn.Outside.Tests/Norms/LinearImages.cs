using RobustWrn.Core;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Outside.Tests;

/// <summary>
/// Grey images and a linear model that is right on all of them, so that the distance of each to the boundary in L4 is known.
/// </summary>
internal sealed class LinearImages : IDisposable
{
    private static readonly long[] Shape = [3, 4, 4];

    public LinearImages(int count)
    {
        using DisposeScope scope = NewDisposeScope();
        long[] ids = [.. Enumerable.Range(0, count).Select(i => (long)i)];
        Tensor weights = RandomStream.From(8).Normal([0], [48]).squeeze(0);
        Pixels = RandomStream.From(9).Uniform(ids, Shape).Times(0.4).Plus(0.3).DetachFromDisposeScope();
        Tensor scores = Pixels.Minus(0.5).flatten(1).matmul(weights);
        Labels = scores.IsAbove(0).to(ScalarType.Int64).DetachFromDisposeScope();
        // Hoelder: the dual of L4 is L4/3.
        double dual = Math.Pow(weights.to(ScalarType.Float64).abs().ToThePower(4.0 / 3).sum().Number(), 0.75);
        Distances = [.. scores.to(ScalarType.Float64).abs().data<double>().Select(score => score / dual)];
        Model = new LinearModel(weights);
        Source = InMemoryImages.From(Pixels, Labels);
    }

    public LinearModel Model { get; }

    public InMemoryImages Source { get; }

    public Tensor Pixels { get; }

    public Tensor Labels { get; }

    /// <summary>Of each image to the boundary, in L4.</summary>
    public IReadOnlyList<double> Distances { get; }

    /// <summary>A radius that about half of the images lie within, in the widest gap between their distances.</summary>
    public double Radius
    {
        get
        {
            double[] sorted = [.. Distances.Order()];
            int below = Enumerable.Range(sorted.Length / 4, sorted.Length / 2).MaxBy(i => sorted[i + 1] / sorted[i]);
            return Math.Sqrt(sorted[below] * sorted[below + 1]);
        }
    }

    public void Dispose()
    {
        Source.Dispose();
        Model.Dispose();
        Pixels.Dispose();
        Labels.Dispose();
    }

    internal sealed class LinearModel : nn.Module<Tensor, Tensor>
    {
        private readonly Parameter _weights;

        public LinearModel(Tensor weights)
            : base(nameof(LinearModel))
        {
            _weights = nn.Parameter(weights.clone().DetachFromDisposeScope());
            RegisterComponents();
        }

        /// <summary>The number of times that it was asked.</summary>
        public int Calls { get; private set; }

        public override Tensor forward(Tensor input)
        {
            Calls++;
            using DisposeScope scope = NewDisposeScope();
            Tensor score = input.Minus(0.5).flatten(1).matmul(_weights);
            return stack([zeros_like(score), score], 1).MoveToOuterDisposeScope();
        }
    }
}
