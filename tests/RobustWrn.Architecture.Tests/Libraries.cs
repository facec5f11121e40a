using System.Reflection;
using System.Runtime.CompilerServices;

namespace RobustWrn.Architecture.Tests;

/// <summary>The assemblies of src/ and their types as written, without what the compiler adds.</summary>
internal static class Libraries
{
    private const BindingFlags Instance = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    public static IReadOnlyList<string> Names { get; } = ["RobustWrn.Core", "RobustWrn.Attacks", "RobustWrn.Training", "RobustWrn.Search", "RobustWrn.Search.Sqlite",
        "RobustWrn", "RobustWrn.Images.SkiaSharp"];

    public static TheoryData<string> Data => [.. Names];

    public static Assembly Load(string name) => Assembly.Load(name);

    public static IEnumerable<Type> Types(string library) =>
        Load(library).GetTypes().Where(type => !IsGenerated(type));

    public static IEnumerable<Type> AllTypes() => Names.SelectMany(Types);

    public static bool IsRecord(Type type) =>
        type.GetMethod("PrintMembers", Instance) is { } printer && printer.IsDefined(typeof(CompilerGeneratedAttribute));

    public static IEnumerable<FieldInfo> State(Type type) => type.GetFields(Instance);

    public static IEnumerable<PropertyInfo> Properties(Type type) => type.GetProperties(Instance);

    /// <summary>Fails with all offenders, one a line.</summary>
    public static void AssertNone(IEnumerable<string> offenders)
    {
        string[] all = [.. offenders.Order(StringComparer.Ordinal)];
        Assert.True(all.Length == 0, string.Join(Environment.NewLine, all));
    }

    private static bool IsGenerated(Type type) =>
        type.IsDefined(typeof(CompilerGeneratedAttribute)) || type.Name.StartsWith('<')
        || type.Namespace is "Microsoft.CodeAnalysis" or "System.Runtime.CompilerServices" or "Microsoft.Extensions.Logging.Generators"
        || (type.DeclaringType is { } outer && IsGenerated(outer));
}
