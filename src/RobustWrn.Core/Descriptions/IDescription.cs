namespace RobustWrn.Core;

/// <summary>
/// An immutable description of something to build or run. It may pass through invalid states while it is written with <c>with</c>;
/// whoever builds or runs it refuses an invalid one through <see cref="DescriptionChecks.ThrowIfInvalid"/>.
/// </summary>
/// <remarks>
/// A type that is stored as JSON carries its name there as <c>public const string TypeName</c>, unique among the implementations of its
/// interface.
/// </remarks>
public interface IDescription
{
    /// <summary>Everything that is wrong, all at once; empty when the description can be used.</summary>
    IEnumerable<Problem> Problems();
}

/// <summary>Refuses invalid descriptions.</summary>
public static class DescriptionChecks
{
    // Twice as deep as any published plan, and half as deep as JSON may nest: deeper ones could not be stored, and would end the process by
    // its stack.
    private const int DeepestNesting = 32;

    [ThreadStatic]
    private static int _nesting;

    /// <summary>Throws when the description has problems.</summary>
    /// <param name="description">The description about to be used.</param>
    /// <exception cref="InvalidDescriptionException">There are problems; the exception lists all of them.</exception>
    public static void ThrowIfInvalid(this IDescription description)
    {
        ArgumentNullException.ThrowIfNull(description);
        description.Problems().ThrowIfAny(description.GetType().Name);
    }

    /// <summary>Throws when there are problems.</summary>
    /// <param name="problems">The problems.</param>
    /// <param name="subject">What has them.</param>
    /// <exception cref="InvalidDescriptionException">There are problems; the exception lists all of them.</exception>
    public static void ThrowIfAny(this IEnumerable<Problem> problems, string subject)
    {
        Problem[] all = [.. problems];
        if (all.Length > 0)
            throw new InvalidDescriptionException(subject, all);
    }

    /// <summary>The problems of a part, named from the description that holds it.</summary>
    /// <param name="part">The part; null gives one problem that says so.</param>
    /// <param name="name">The part's name in its owner.</param>
    public static IEnumerable<Problem> ProblemsAs(this IDescription? part, string name)
    {
        if (part is null)
            return [new Problem(name, "must be given, got null.")];
        if (_nesting == DeepestNesting)
            return [new Problem(name, $"must not nest descriptions more than {DeepestNesting} deep.")];
        _nesting++;
        try
        {
            // At once, so that the depth counts what is looked at here.
            return [.. part.Problems().Select(problem => problem.Within(name))];
        }
        finally
        {
            _nesting--;
        }
    }
}
