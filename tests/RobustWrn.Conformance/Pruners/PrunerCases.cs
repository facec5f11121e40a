using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn.Conformance;

/// <summary>Every pruner of the library with its defaults.</summary>
public static class PrunerCases
{
    private static readonly SortedDictionary<string, IPruner> Cases = new(
        typeof(IPruner).Assembly.GetTypes().Where(type => typeof(IPruner).IsAssignableFrom(type) && !type.IsAbstract)
            .ToDictionary(DescriptionTypes.NameOf, type => (IPruner)Activator.CreateInstance(type)!), StringComparer.Ordinal);

    public static TheoryData<string> Names => [.. Cases.Keys];

    public static IPruner Get(string name) => Cases[name];
}
