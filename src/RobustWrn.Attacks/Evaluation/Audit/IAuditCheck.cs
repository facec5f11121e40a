using RobustWrn.Core;

namespace RobustWrn.Attacks;

/// <summary>
/// A question to a finished evaluation whose wrong answer makes its numbers doubtful. A sealed record with defaults sourced in its doc comments, a file of its own and a <c>TypeName</c>:
/// audits find it by that, in the library and in a user's assemblies.
/// </summary>
/// <remarks>It asks the model through <see cref="AuditSubject"/> alone, stays within what that lets it afford, leaves the model as it was, and answers the same each time.</remarks>
public interface IAuditCheck : IDescription
{
    /// <summary>Its name, as in files; the type's where it has none.</summary>
    string Name => DescriptionTypes.ShortNameOf(GetType());

    /// <summary>About how many passes it takes for an image, a backward pass counted as two: cheap checks come first, and leave the others what they do not need.</summary>
    long PassesPerExample { get; }

    /// <summary>Looks.</summary>
    /// <param name="subject">The evaluation and its model.</param>
    /// <param name="cancellationToken">Checked between passes.</param>
    AuditAnswer Examine(AuditSubject subject, CancellationToken cancellationToken = default);
}
