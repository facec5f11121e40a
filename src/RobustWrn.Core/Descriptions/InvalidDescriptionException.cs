namespace RobustWrn.Core;

/// <summary>
/// A description was used although it has problems. All of them are listed in <see cref="Problems"/>, and the first 50 in the message.
/// </summary>
public sealed class InvalidDescriptionException : ArgumentException
{
    private const int MostLines = 50;

    /// <summary>Creates the exception.</summary>
    /// <param name="subject">What is invalid, such as the type's name.</param>
    /// <param name="problems">At least one problem.</param>
    public InvalidDescriptionException(string subject, IReadOnlyList<Problem> problems)
        : base(problems.Count == 1
            ? $"{subject}.{problems[0]}"
            : $"{subject} has {Quantity.Of(problems.Count, "problem")}:{string.Concat(problems.Take(MostLines).Select(problem => $"{Environment.NewLine}  {problem}"))}"
                + (problems.Count > MostLines ? $"{Environment.NewLine}  and {problems.Count - MostLines} more" : "")) =>
        Problems = problems;

    /// <summary>The problems found, in the order of the description's parts.</summary>
    public IReadOnlyList<Problem> Problems { get; }
}
