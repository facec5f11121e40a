using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace RobustWrn.Core;

/// <summary>The names under which description types are stored, found by scanning the loaded assemblies that use this library.</summary>
public static class DescriptionTypes
{
    private const string NameConstant = "TypeName", Unnamed = "in memory: ";

    private static readonly ConcurrentDictionary<Type, string> Names = new();
    private static readonly ConcurrentDictionary<Type, Action<JsonObject>> Migrations = new();
    private static readonly ConcurrentDictionary<Type, (int Assemblies, IReadOnlyDictionary<string, Type> Types)> Found = new();

    /// <summary>The stored name of a type.</summary>
    /// <exception cref="InvalidOperationException">The type has no constant <c>TypeName</c>.</exception>
    public static string NameOf(Type type) => Names.GetOrAdd(type, static t => Declared(t) ?? throw new InvalidOperationException(
        $"{t.Name} cannot be stored: it needs `public const string TypeName = \"...\"`, the name it has in files."));

    /// <summary>All storable implementations of an interface or base type, by name.</summary>
    /// <param name="contract">The interface or base type.</param>
    /// <exception cref="InvalidOperationException">Two types use one name.</exception>
    public static IReadOnlyDictionary<string, Type> Implementing(Type contract)
    {
        ArgumentNullException.ThrowIfNull(contract);
        Assembly[] assemblies = AppDomain.CurrentDomain.GetAssemblies();
        // Scanning takes milliseconds and a spec nests a dozen descriptions; assemblies only ever come, so their number says whether to
        // look again.
        if (Found.TryGetValue(contract, out (int Assemblies, IReadOnlyDictionary<string, Type> Types) known) && known.Assemblies == assemblies.Length)
            return known.Types;
        SortedDictionary<string, Type> found = new(StringComparer.Ordinal);
        foreach (Type type in assemblies.Where(UsesThisLibrary).SelectMany(Types))
        {
            if (type.IsAbstract || type.IsInterface || !contract.IsAssignableFrom(type) || Declared(type) is not { } name)
                continue;
            if (!found.TryAdd(name, type))
                throw new InvalidOperationException($"the name \"{name}\" is used by {found[name].FullName} and {type.FullName}; names of {contract.Name} must be unique.");
        }
        Found[contract] = (assemblies.Length, found);
        return found;
    }

    internal static object Read(JsonObject node, Type contract, JsonSerializerOptions options)
    {
        string? name = node["type"] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
        IReadOnlyDictionary<string, Type> known = Implementing(contract);
        if (name is null || !known.TryGetValue(name, out Type? type))
            throw new JsonException(
                $"\"type\" must be one of {string.Join(", ", known.Keys)} for {contract.Name}, got "
                + $"{(node["type"] is not { } given ? "nothing" : Excerpt.Of(given.ToJsonString()))}.");
        node.Remove("type");
        MigrationOf(type)?.Invoke(node);
        return node.Deserialize(type, options) ?? throw new JsonException($"\"{name}\" has no content.");
    }

    internal static object ReadAs(JsonObject node, Type type, JsonSerializerOptions options)
    {
        string name = (string)node["type"]!;
        // The interfaces that a file may ask it as: on each its name must be its own.
        foreach (Type contract in type.GetInterfaces().Where(contract => contract != typeof(IDescription)
            && typeof(IDescription).IsAssignableFrom(contract)))
        {
            if (!Implementing(contract).TryGetValue(name, out Type? found) || found != type)
            {
                throw new JsonException($"the name \"{name}\" does not lead back to {type.FullName}: "
                    + "its assembly is made at run time, or does not use this library.");
            }
        }
        node.Remove("type");
        return node.Deserialize(type, options) ?? throw new JsonException($"\"{name}\" has no content.");
    }

    /// <summary>The stored name, or the name in code of a type that has none: for texts, never for files.</summary>
    /// <param name="type">The type of a description.</param>
    public static string ShortNameOf(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return Declared(type) ?? type.Name;
    }

    /// <summary>The stored name, or a mark that no file has and that tells types apart.</summary>
    internal static string NameInMemory(Type type) => Declared(type) ?? Unnamed + (type.FullName ?? type.Name);

    internal static bool IsUnnamed(string name) => name.StartsWith(Unnamed, StringComparison.Ordinal);

    internal static string NameInCode(string unnamed)
    {
        string full = unnamed[Unnamed.Length..].Split('[')[0];
        return full[(full.LastIndexOfAny(['.', '+']) + 1)..];
    }

    private static Action<JsonObject>? MigrationOf(Type type) => !typeof(IMigratedDescription).IsAssignableFrom(type)
        ? null
        : Migrations.GetOrAdd(type, static migrated => typeof(DescriptionTypes)
            .GetMethod(nameof(Migrate), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(migrated)
            .CreateDelegate<Action<JsonObject>>());

    private static void Migrate<T>(JsonObject stored)
        where T : IMigratedDescription => T.Migrate(stored);

    private static string? Declared(Type type) =>
        type.GetField(NameConstant, BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly) is { IsLiteral: true } field
            ? field.GetRawConstantValue() as string
            : null;

    private static bool UsesThisLibrary(Assembly assembly)
    {
        string? core = typeof(DescriptionTypes).Assembly.GetName().Name;
        return !assembly.IsDynamic && (assembly.GetName().Name == core || assembly.GetReferencedAssemblies().Any(reference => reference.Name == core));
    }

    private static Type[] Types(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException e)
        {
            return [.. e.Types.OfType<Type>()];
        }
    }
}
