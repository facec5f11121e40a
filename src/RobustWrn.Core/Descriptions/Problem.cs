namespace RobustWrn.Core;

/// <summary>One thing that is wrong with a description: which part, and the rule it breaks, the value it has and the remedy.</summary>
/// <param name="Subject">The part, as one would write it in code: <c>Stages[1].Width</c>. Cut at 500 characters.</param>
/// <param name="Message">Rule, value and remedy in one sentence. Cut at 4,000 characters; quote foreign text by <see
/// cref="Excerpt.Of"/>.</param>
public sealed record Problem(string Subject, string Message)
{
    private const int LongestSubject = 500, LongestMessage = 4_000;

    /// <summary>The part, as one would write it in code: <c>Stages[1].Width</c>. Cut at 500 characters.</summary>
    public string Subject { get; init => field = Excerpt.Of(value, LongestSubject); } = Excerpt.Of(Subject, LongestSubject);

    /// <summary>Rule, value and remedy in one sentence. Cut at 4,000 characters.</summary>
    public string Message { get; init => field = Excerpt.Cut(value, LongestMessage); } = Excerpt.Cut(Message, LongestMessage);

    /// <summary>The same problem seen from the description that holds the part.</summary>
    /// <param name="owner">
    /// The name of the part in its owner, such as <c>Stages[1]</c>; nothing where only its place in a list names it.
    /// </param>
    public Problem Within(string owner) =>
        owner.Length == 0 ? this : this with { Subject = Subject.Length == 0 ? owner : $"{owner}.{Subject}" };

    /// <inheritdoc/>
    public override string ToString() => $"{Subject}: {Message}";
}
