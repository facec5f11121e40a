using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>
/// Logits that steer a search by small changes. Where a candidate differs from the strongest points in one window, and the model can be followed, only what the window reaches is
/// computed; else a whole pass. Both are the same function up to rounding.
/// </summary>
internal sealed class CandidateLogits(AttackedModel model) : IDisposable
{
    // Gathering and putting back costs what about a quarter of the pass costs; measured on the reference network.
    private const double LargestShare = 0.6;

    private FollowedImages? _followed;
    private int _tooWide = int.MaxValue;
    private (int Side, double Share) _work;
    private bool _tried;

    /// <summary>Logits of candidates, (n, classes). The caller disposes them, and then says which candidates stay.</summary>
    /// <param name="candidate">What is asked about.</param>
    /// <param name="best">What it differs from in its window, (n, C, H, W).</param>
    public Tensor Of(QueryCandidate candidate, Tensor best)
    {
        _tried = candidate.Window is { } window && Follows(window.Side, best);
        if (!_tried)
        {
            Restart();
            return model.SteeringLogits(candidate.Images);
        }
        return model.FollowedLogits(_followed!, candidate.Images, candidate.Window!, _work.Share);
    }

    /// <summary>Says which of the candidates just asked about became the strongest points, boolean (n).</summary>
    public void Keep(Tensor stronger)
    {
        if (_tried)
            _followed!.Keep(stronger);
    }

    /// <summary>Only some of the images go on, int64.</summary>
    public void Select(Tensor rows) => _followed?.Select(rows);

    /// <summary>The strongest points are others from here on.</summary>
    public void Restart()
    {
        _followed?.Dispose();
        _followed = null;
    }

    public void Dispose() => Restart();

    private bool Follows(int side, Tensor best)
    {
        if (side >= _tooWide)
            return false;
        _followed ??= model.Follow(best);
        if (_followed is not null && _work.Side != side)
            _work = (side, _followed.ShareOfWork(side));
        if (_followed is not null && _work.Share <= LargestShare)
            return true;
        _tooWide = _followed is null ? 0 : side;
        return false;
    }
}
