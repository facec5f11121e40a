namespace RobustWrn.Core;

/// <summary>The first part of a name, exchanged for another.</summary>
internal static class NamePrefix
{
    public static string Replaced(string name, string from, string to) =>
        name.StartsWith(from, StringComparison.Ordinal) ? string.Concat(to, name.AsSpan(from.Length)) : name;

    /// <summary>By the first pair that applies; the name itself where none does.</summary>
    public static string Replaced(string name, (string Theirs, string Ours)[] pairs, bool back)
    {
        foreach ((string theirs, string ours) in pairs)
        {
            (string from, string to) = back ? (ours, theirs) : (theirs, ours);
            if (name.StartsWith(from, StringComparison.Ordinal))
                return Replaced(name, from, to);
        }
        return name;
    }
}
