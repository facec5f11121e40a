using System.Reflection;
using RobustWrn.Core;

namespace RobustWrn.Conformance.Contracts;

/// <summary>
/// The implementations of an interface in every library assembly: each with its author's defaults, and once more with each of its switches
/// turned.
/// </summary>
/// <typeparam name="T">The interface.</typeparam>
internal static class Implementations<T>
    where T : class
{
    public static IReadOnlyDictionary<string, T> All { get; } = Find();

    /// <summary>Each implementation with each clause of its contract.</summary>
    public static TheoryData<string, string> With(IEnumerable<string> clauses)
    {
        TheoryData<string, string> pairs = [];
        foreach (string clause in clauses)
        {
            foreach (string name in All.Keys)
                pairs.Add(name, clause);
        }
        return pairs;
    }

    private static SortedDictionary<string, T> Find()
    {
        SortedDictionary<string, T> found = new(StringComparer.Ordinal);
        foreach (Type type in LibraryTypes.Implementing(typeof(T)))
        {
            // A contract can be held against what its author's defaults make, and a file or a command line names no more than the type.
            Assert.True(type.GetConstructor(Type.EmptyTypes) is not null,
                $"{type.Name} must have defaults for everything: a constructor without parameters");
            found.Add(type.Name, Made(type));
            foreach (PropertyInfo property in type.GetProperties().Where(property => property.CanWrite))
            {
                foreach (object value in Others(property, Made(type)))
                {
                    T turned = Made(type);
                    property.SetValue(turned, value);
                    // Some switches need another one.
                    if (turned is not IDescription description || !description.Problems().Any())
                        found.Add($"{type.Name}, {property.Name} {value}", turned);
                }
            }
        }
        return found;
    }

    private static T Made(Type type) => (T)Activator.CreateInstance(type)!;

    private static IEnumerable<object> Others(PropertyInfo property, T made) =>
        property.PropertyType == typeof(bool) ? [!(bool)property.GetValue(made)!]
        : property.PropertyType.IsEnum
            ? Enum.GetValues(property.PropertyType).Cast<object>().Where(value => !value.Equals(property.GetValue(made)))
        : [];
}
