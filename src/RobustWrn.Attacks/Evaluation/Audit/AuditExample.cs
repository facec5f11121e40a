namespace RobustWrn.Attacks;

/// <summary>An image the audit asks about.</summary>
/// <param name="Position">Its index in the source of the images.</param>
/// <param name="Outcome">What the evaluation made of it.</param>
public sealed record AuditExample(long Position, ExampleOutcome Outcome)
{
    /// <summary>Whether it is classified rightly unchanged.</summary>
    public bool IsRight => Outcome.CleanPrediction == Outcome.Label;

    /// <summary>What became of the image.</summary>
    public override string ToString() => Outcome.ToString();
}
