using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>Images drop out when they are fooled, and each of the others keeps the strongest of its points.</summary>
public sealed class UnfooledBatchTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    // One pixel, whose class is 1 above a half: two images are right and one is not.
    private readonly Lambda _model = new(images =>
    {
        Tensor score = images.flatten(1).select(1, 0).Minus(0.5);
        return stack([zeros_like(score), score], 1);
    });

    private readonly Tensor _images = tensor(new[] { 0.3, 0.6, 0.4 }).reshape(3, 1, 1, 1);

    public void Dispose()
    {
        _model.Dispose();
        _scope.Dispose();
    }

    [Fact]
    public void Query_PointsOneAfterAnother_KeepsTheStrongestAndDropsWhatIsFooled()
    {
        AttackContext context = new(_model, _images, zeros(3, ScalarType.Int64), ThreatModel.Linf(0.4)) { Examples = [7, 8, 9] };
        using AttackedModel model = new(context);
        using UnfooledBatch batch = new(context, model, new Margin());
        Assert.Equal([7L, 9], batch.Examples);

        Ask(0.45, 0.35);
        Assert.Equal([0.45, 0.35], FabTests.Numbers(batch.Best.flatten()));
        Ask(0.35, 0.55);
        Assert.Equal([7L], batch.Examples);
        Assert.Equal([0.3], FabTests.Numbers(batch.Context.Images.flatten()));
        Ask(0.2);

        // The first its strongest point, the second as it was, the third the point that fooled it.
        Assert.Equal([0.45, 0.6, 0.55], FabTests.Numbers(batch.Finish().flatten()));

        void Ask(params double[] points) => batch.Query(new QueryCandidate(tensor(points).reshape(-1, 1, 1, 1)));
    }

    [Fact]
    public void Finish_NothingStronger_IsTheImageItself()
    {
        AttackContext context = new(_model, _images, zeros(3, ScalarType.Int64), ThreatModel.Linf(0.4));
        using AttackedModel model = new(context);
        using UnfooledBatch batch = new(context, model, new Margin());

        batch.Query(new QueryCandidate(tensor(new[] { 0.1, 0.2 }).reshape(2, 1, 1, 1)));
        batch.Restart();
        batch.Query(new QueryCandidate(tensor(new[] { 0.2, 0.45 }).reshape(2, 1, 1, 1)));

        Assert.Equal([0.3, 0.6, 0.45], FabTests.Numbers(batch.Finish().flatten()));
    }
}
