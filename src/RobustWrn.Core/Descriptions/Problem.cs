namespace RobustWrn.Core;

/// <summary>One thing that is wrong with a description: which part, and the rule it breaks, the value it has and the remedy.</summary>
/// <param name="Subject">The part, as one would write it in code: <c>Stages[1].Width</c>.</param>
/// <param name="Message">Rule, value and remedy in one sentence.</param>
public sealed record Problem(string Subject, string Message)
{
    /// <summary>The same problem seen from the description that holds the part.</summary>
    /// <param name="owner">The name of the part in its owner, such as <c>Stages[1]</c>.</param>
    public Problem Within(string owner) => this with { Subject = Subject.Length == 0 ? owner : $"{owner}.{Subject}" };

    /// <inheritdoc/>
    public override string ToString() => $"{Subject}: {Message}";
}
