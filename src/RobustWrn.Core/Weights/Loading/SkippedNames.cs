using System.IO.Enumeration;

namespace RobustWrn.Core;

/// <summary>The patterns of names that the caller skips, and which of them fitted something.</summary>
internal sealed class SkippedNames(ValueList<string> patterns)
{
    private readonly bool[] _used = new bool[patterns.Count];

    /// <summary>Whether a pattern fits a name: of the file, with or without its prefix, or of the network.</summary>
    public bool Fits(string name)
    {
        bool fits = false;
        for (int i = 0; i < patterns.Count; i++)
        {
            if (FileSystemName.MatchesSimpleExpression(patterns[i], name, ignoreCase: false))
                fits = _used[i] = true;
        }
        return fits;
    }

    /// <summary>Refuses a pattern that fitted nothing: it was meant to.</summary>
    public void CheckUsed(IReadOnlyCollection<string> own)
    {
        int unused = Array.IndexOf(_used, false);
        if (unused >= 0)
            throw new ArgumentException(
                $"skipped names must be of the network or the file, but \"{patterns[unused]}\" fits none. There are "
                + $"{NameList.Short(own)}.", "options");
    }
}
