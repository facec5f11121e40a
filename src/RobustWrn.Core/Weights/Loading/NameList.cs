namespace RobustWrn.Core;

/// <summary>Names in messages: the first ten.</summary>
internal static class NameList
{
    public static string Short(IReadOnlyCollection<string> names, string separator = ", ") =>
        string.Join(separator, names.Take(10)) + (names.Count > 10 ? separator + "..." : "");
}
