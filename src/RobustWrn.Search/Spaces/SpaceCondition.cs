using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>A condition as the user wrote it.</summary>
/// <param name="Name">The dimension that decides.</param>
/// <param name="Texts">Its values with which others count, as canonical text.</param>
/// <param name="Parent">Its index; -1 where there is none of that name.</param>
/// <param name="Values">The indices of those values that it has.</param>
internal sealed record SpaceCondition(string Name, ValueList<string> Texts, int Parent, ValueList<int> Values)
{
    /// <summary>Its problem, or null.</summary>
    public string? Flaw { get; private init; }

    public static SpaceCondition Of<T>(string name, ReadOnlySpan<T> values, IReadOnlyList<SpaceDimension> before)
    {
        string[] texts = new string[values.Length];
        for (int i = 0; i < texts.Length; i++)
            texts[i] = ValueText.Shown(values[i], i).Text;
        int parent = -1;
        for (int d = before.Count - 1; d >= 0; d--)
            parent = before[d].Name == name ? d : parent;
        if (parent < 0)
        {
            return new(name, [.. texts], -1, [])
            {
                Flaw = $"counts only by values of \"{Excerpt.Of(name)}\", but no dimension before it has that name. "
                    + $"There are {(before.Count == 0 ? "none" : Excerpt.List([.. before.Select(dimension => dimension.Name)]))}.",
            };
        }
        ValueList<string> there = before[parent].Values;
        string[] unknown = [.. texts.Where(text => !there.Contains(text))];
        return new(name, [.. texts], parent, [.. there.Select((text, i) => texts.Contains(text) ? i : -1).Where(i => i >= 0)])
        {
            Flaw = texts.Length == 0 ? $"must name a value of \"{Excerpt.Of(name)}\" with which it counts, got none."
                : unknown.Length == 0 ? null
                    : $"counts only where \"{Excerpt.Of(name)}\" is {Excerpt.Of(unknown[0])}, which is none of its values: "
                        + $"{Excerpt.List(there)}.",
        };
    }

    public override string ToString() => $"\"{Name}\" is {Excerpt.List(Texts, separator: " or ")}";
}
