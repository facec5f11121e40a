using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// The best point of each active example in a run, with all that was seen there. The tensors belong to the active examples.
/// </summary>
internal sealed class BestPoints
{
    private readonly PerExample _point, _gradient, _loss, _rank;

    /// <summary>Begins with where the run starts.</summary>
    /// <param name="active">The examples of the run.</param>
    /// <param name="start">(N, C, H, W); an alias is taken, as of all that was seen.</param>
    /// <param name="seen">What was seen there.</param>
    public BestPoints(ActiveExamples active, Tensor start, in (Tensor Logits, Tensor Loss, Tensor Rank, Tensor Gradient) seen)
    {
        _point = active.Keep(start.alias());
        _gradient = active.Keep(seen.Gradient.alias());
        _loss = active.Keep(seen.Loss.alias());
        _rank = active.Keep(seen.Rank.alias());
    }

    /// <summary>The points, (n, C, H, W).</summary>
    public Tensor Point => _point.Value;

    /// <summary>Their loss, (n).</summary>
    public Tensor Loss => _loss.Value;

    /// <summary>Their rank, in the order of the loss, (n).</summary>
    public Tensor Rank => _rank.Value;

    /// <summary>Takes the points that are better. Belongs into a dispose scope.</summary>
    public void Take(Tensor point, in (Tensor Logits, Tensor Loss, Tensor Rank, Tensor Gradient) seen)
    {
        Tensor better = seen.Rank.gt(_rank.Value);
        _point.SetWhere(better, point);
        _gradient.SetWhere(better, seen.Gradient);
        _loss.SetWhere(better, seen.Loss);
        _rank.SetWhere(better, seen.Rank);
    }

    /// <summary>Sends some examples back to their best point.</summary>
    /// <param name="back">Which ones, boolean (n).</param>
    /// <param name="point">Where the run is.</param>
    /// <param name="gradient">The gradient there.</param>
    public void SendBack(Tensor back, PerExample point, PerExample gradient)
    {
        point.SetWhere(back, _point.Value);
        gradient.SetWhere(back, _gradient.Value);
    }
}
