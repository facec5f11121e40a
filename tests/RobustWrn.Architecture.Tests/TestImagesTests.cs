using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using RobustWrn.Core;
using RobustWrn.Training;

namespace RobustWrn.Architecture.Tests;

/// <summary>Nothing that trains or selects can come by the test images: no path of types leads from a trainer to them.</summary>
public sealed class TestImagesTests
{
    private const BindingFlags All = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly Type[] Forbidden = [typeof(TestSplit), typeof(DatasetSplits)];

    [Fact]
    public void Trainer_TypesWithinReach_AreNoTestImages() => Libraries.AssertNone(PathsToTestImages(typeof(RobustTrainer)));

    [Fact]
    public void PathsToTestImages_OfTypesThatHaveThem_AreFound()
    {
        Assert.NotEmpty(PathsToTestImages(typeof(DatasetSplits)));
        Assert.Equal(["Holder > TestSplit"], PathsToTestImages(typeof(Holder)));
    }

    /// <summary>Whatever a method does inside: an assembly that uses a type names it in its table of references.</summary>
    [Theory]
    [InlineData("RobustWrn.Attacks")]
    [InlineData("RobustWrn.Training")]
    [InlineData("RobustWrn.Search")]
    public void Library_ThatTrainsOrSelects_DoesNotNameTheTestImages(string library) =>
        Assert.DoesNotContain(TypesNamed(library), name => Forbidden.Any(type => type.Name == name));

    [Fact]
    public void TypesNamed_ByTheExperiment_AreFound() => Assert.Superset(Forbidden.Select(type => type.Name).ToHashSet(), TypesNamed("RobustWrn"));

    private static HashSet<string> TypesNamed(string library)
    {
        using PEReader file = new(File.OpenRead(Libraries.Load(library).Location));
        MetadataReader metadata = file.GetMetadataReader();
        return [.. metadata.TypeReferences.Select(handle => metadata.GetString(metadata.GetTypeReference(handle).Name))];
    }

    // Through fields, properties, parameters, what methods return, bases, nested types, and what implements an interface of ours.
    private static List<string> PathsToTestImages(Type from)
    {
        Dictionary<Type, string> paths = new() { [from] = from.Name };
        Queue<Type> left = new([from]);
        List<string> found = [];
        while (left.TryDequeue(out Type? type))
        {
            foreach (Type next in Named(type).SelectMany(Parts).Concat(Implementations(type)))
            {
                if (!paths.TryAdd(next, $"{paths[type]} > {next.Name}"))
                    continue;
                if (Forbidden.Contains(next))
                    found.Add(paths[next]);
                else if (next.IsGenericType || IsOurs(next))
                    left.Enqueue(next);
            }
        }
        return found;
    }

    private static IEnumerable<Type> Named(Type type) =>
        !IsOurs(type) ? [] : type.GetMembers(All).SelectMany(Named).Concat(type.GetInterfaces()).Concat(type.BaseType is { } parent ? [parent] : []);

    private static IEnumerable<Type> Named(MemberInfo member) => member switch
    {
        FieldInfo field => [field.FieldType],
        PropertyInfo property => [property.PropertyType],
        MethodInfo method => [method.ReturnType, .. method.GetParameters().Select(parameter => parameter.ParameterType)],
        ConstructorInfo constructor => constructor.GetParameters().Select(parameter => parameter.ParameterType),
        Type nested => [nested],
        _ => [],
    };

    // All descriptions are an IDescription, those of data sets too, and nothing is asked of one as such but what is wrong with it.
    private static IEnumerable<Type> Implementations(Type type) =>
        type.IsInterface && type != typeof(IDescription) && IsOurs(type) ? Libraries.AllTypes().Where(other => other != type && type.IsAssignableFrom(other)) : [];

    private static IEnumerable<Type> Parts(Type type) =>
        type.HasElementType ? Parts(type.GetElementType()!) : type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts).Append(type) : [type];

    private static bool IsOurs(Type type) => type.Assembly == typeof(Holder).Assembly || Libraries.Names.Contains(type.Assembly.GetName().Name);

    private sealed record Holder(Func<int, Task<TestSplit[]>?> Later);
}
