using System.Reflection;
using RobustWrn.Core;

namespace RobustWrn.Conformance.Contracts;

/// <summary>
/// The implementations of an interface, each with its author's defaults, and once more with each of its switches turned: those of every
/// library assembly, or those of an assembly of somebody else's.
/// </summary>
/// <typeparam name="T">The interface.</typeparam>
public static class Implementations<T>
    where T : class
{
    /// <summary>Those of the library.</summary>
    public static IReadOnlyDictionary<string, T> All { get; } = Find(LibraryTypes.Implementing(typeof(T)));

    /// <summary>Each implementation of the library with each clause of its contract.</summary>
    public static TheoryData<string, string> With(IEnumerable<string> clauses) => Pairs(All.Keys, clauses);

    /// <summary>Those of an assembly.</summary>
    public static IReadOnlyDictionary<string, T> In(Assembly assembly) => Find(LibraryTypes.Of(assembly).Where(typeof(T).IsAssignableFrom));

    /// <summary>Each implementation of an assembly with each clause of its contract.</summary>
    public static TheoryData<string, string> In(Assembly assembly, IEnumerable<string> clauses) => Pairs(In(assembly).Keys, clauses);

    private static TheoryData<string, string> Pairs(IEnumerable<string> names, IEnumerable<string> clauses)
    {
        TheoryData<string, string> pairs = [];
        foreach (string clause in clauses)
        {
            foreach (string name in names)
                pairs.Add(name, clause);
        }
        return pairs;
    }

    private static SortedDictionary<string, T> Find(IEnumerable<Type> types)
    {
        SortedDictionary<string, T> found = new(StringComparer.Ordinal);
        foreach (Type type in types)
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
