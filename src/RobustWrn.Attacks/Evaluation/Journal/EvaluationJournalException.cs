namespace RobustWrn.Attacks;

/// <summary>A journal was kept of another evaluation than the one that is to go on in it.</summary>
public sealed class EvaluationJournalException : InvalidOperationException
{
    internal EvaluationJournalException(string folder, IReadOnlyList<string> differences)
        : base($"the journal in {folder} must be of this evaluation to go on with it, but it is of another:{string.Concat(differences.Select(difference => $"{Environment.NewLine}  {difference}"))}{Environment.NewLine}"
            + "Give the stored settings to go on, or choose another folder to begin anew.") => Differences = differences;

    /// <summary>What differs, one line each.</summary>
    public IReadOnlyList<string> Differences { get; }
}
