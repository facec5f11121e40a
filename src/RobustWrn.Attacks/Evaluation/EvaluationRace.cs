using RobustWrn.Core;

namespace RobustWrn.Attacks;

/// <summary>
/// The images of an evaluation that may still be robust: classified rightly unchanged and not fallen to an attack yet. Their share is an
/// upper bound of the robust accuracy, and only falls.
/// </summary>
internal sealed class EvaluationRace
{
    private readonly bool[] _standing;
    private readonly int[] _starts;
    private long _count;

    /// <summary>Begins with what is classified rightly.</summary>
    /// <param name="mustReach">The robust accuracy that must be reached.</param>
    /// <param name="clean">The answers on the unchanged images, block by block.</param>
    public EvaluationRace(double mustReach, CleanBlock[] clean)
    {
        (MustReach, Clean) = (mustReach, clean);
        Right = BitRow.Of(clean.SelectMany(block => Enumerable.Range(0, block.Labels.Length).Select(block.IsRight)));
        _standing = Right.ToArray();
        _count = Right.Hits;
        _starts = new int[clean.Length];
        for (int i = 1; i < clean.Length; i++)
            _starts[i] = _starts[i - 1] + clean[i - 1].Labels.Length;
    }

    /// <summary>The robust accuracy that must be reached.</summary>
    public double MustReach { get; }

    /// <summary>The answers on the unchanged images, block by block.</summary>
    public CleanBlock[] Clean { get; }

    /// <summary>The images that are classified rightly unchanged.</summary>
    public BitRow Right { get; }

    /// <summary>The images that may be robust.</summary>
    public BitRow Standing => BitRow.Of(_standing);

    /// <summary>Images that the whole suite is done with.</summary>
    public long Finished { get; private set; }

    /// <summary>The upper bound of the robust accuracy.</summary>
    public Proportion AtMost => new(_count, _standing.Length);

    /// <summary>True once the bound is below what must be reached; one that equals it is not.</summary>
    public bool IsLost => AtMost.Value < MustReach;

    /// <summary>Takes the images that an attack has left standing in a block.</summary>
    /// <param name="number">The block, from 0.</param>
    /// <param name="block">The block after the attack.</param>
    /// <param name="isLast">True after the last attack of the suite.</param>
    public void Attacked(long number, EvaluationBlock block, bool isLast)
    {
        Span<bool> mine = _standing.AsSpan(_starts[number], block.Count);
        _count -= mine.Count(true);
        mine.Clear();
        foreach (long row in block.Standing)
            mine[(int)row] = true;
        _count += block.Survivors;
        if (isLast)
            Finished += block.Count;
    }
}
