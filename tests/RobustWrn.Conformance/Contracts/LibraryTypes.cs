using System.Reflection;

namespace RobustWrn.Conformance.Contracts;

/// <summary>What the library assemblies hold: all that lie beside the tests, so that one which is added later is found, too.</summary>
internal static class LibraryTypes
{
    private static readonly Type[] All = [.. Directory.GetFiles(AppContext.BaseDirectory, "RobustWrn*.dll")
        .Select(path => Path.GetFileNameWithoutExtension(path))
        .Where(name => name != typeof(LibraryTypes).Assembly.GetName().Name)
        .SelectMany(name => Of(Assembly.Load(name)))];

    public static IEnumerable<Type> Implementing(Type contract) => All.Where(contract.IsAssignableFrom);

    public static IEnumerable<Type> Of(Assembly assembly) => assembly.GetTypes().Where(type => type is { IsAbstract: false, IsInterface: false });
}
