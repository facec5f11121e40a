using System.Text.Json;
using System.Text.Json.Nodes;

namespace RobustWrn.Core;

/// <summary>
/// A description that had another form in files once. Its properties may be renamed, divided or put together without losing what was
/// stored: texts of before are brought into today's form whenever they are read.
/// </summary>
public interface IMigratedDescription
{
    /// <summary>Brings a stored object into today's form, in place; one of today stays as it is.</summary>
    /// <param name="stored">The properties as a file has them, without the type's name.</param>
    /// <exception cref="JsonException">They contradict each other. Say which, and what to write instead.</exception>
    static abstract void Migrate(JsonObject stored);
}
