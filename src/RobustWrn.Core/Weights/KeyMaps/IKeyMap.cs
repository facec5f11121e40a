namespace RobustWrn.Core;

/// <summary>
/// How somebody's code names the tensors of a network, beside the names of this library (<see cref="WideResNet"/>).
/// A map is applied in both directions: weights are read from their names and written under them. <see cref="NetworkWeights"/> finds
/// every storable implementation by itself.
/// </summary>
public interface IKeyMap : IDescription
{
    /// <summary>Whether these are the names of that code: true only if they cannot be taken for another's.</summary>
    /// <param name="names">All names of a file, without prefixes such as <c>module.</c>.</param>
    bool Recognizes(IReadOnlyCollection<string> names);

    /// <summary>The name in this library.</summary>
    /// <param name="name">Their name.</param>
    /// <returns>
    /// The name here; the same for a name the map does not know; null for a tensor that their code stores and a network here has no place
    /// for.
    /// </returns>
    string? ToLibrary(string name);

    /// <summary>Their name.</summary>
    /// <param name="name">The name in this library.</param>
    /// <returns>Their name; the same where both agree.</returns>
    string ToForeign(string name);

    /// <summary>The sides that a tensor has in their code, where it holds the same numbers in another shape.</summary>
    /// <param name="name">The name in this library.</param>
    /// <param name="shape">The sides here.</param>
    /// <returns>Their sides, of the same product; the same unless the map says otherwise.</returns>
    long[] ForeignShape(string name, long[] shape) => shape;

    /// <summary>
    /// In what that code computes otherwise than a network here, though names and shapes fit: activation, padding, normalisation of pixels,
    /// shortcuts, momentum.
    /// </summary>
    /// <param name="spec">What the network here was built from.</param>
    /// <returns>Nothing unless the map says otherwise. Not asked for files that carry their spec.</returns>
    IEnumerable<ConventionDifference> Differences(INetworkSpec spec) => [];
}
