namespace RobustWrn.Search;

/// <summary>
/// A stored study is not the one asked for: another space, sampler or seed, or a point now gives another network.
/// The differences are listed.
/// </summary>
public sealed class StudyMismatchException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="rule">What does not match.</param>
    /// <param name="differences">Where, one line each.</param>
    /// <param name="remedy">What to do.</param>
    public StudyMismatchException(string rule, IReadOnlyList<string> differences, string remedy)
        : base($"{rule}{string.Concat(differences.Select(difference => $"{Environment.NewLine}  {difference}"))}{Environment.NewLine}{remedy}") =>
        Differences = differences;

    /// <summary>Where stored and given differ: <c>space.dimensions[0].values[1]: stored "384", now "512"</c>.</summary>
    public IReadOnlyList<string> Differences { get; }
}
