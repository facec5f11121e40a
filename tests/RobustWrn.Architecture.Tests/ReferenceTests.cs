using System.Reflection;

namespace RobustWrn.Architecture.Tests;

/// <summary>References point one way: images, network, attack, trainer, evaluation, search, report.</summary>
public sealed class ReferenceTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["RobustWrn.Core"] = ["TorchSharp", "MathNet.Numerics", "Microsoft.Extensions.Logging.Abstractions"],
        ["RobustWrn.Attacks"] = ["RobustWrn.Core", "TorchSharp", "MathNet.Numerics", "Microsoft.Extensions.Logging.Abstractions"],
        ["RobustWrn.Training"] = ["RobustWrn.Core", "RobustWrn.Attacks", "TorchSharp", "MathNet.Numerics", "Microsoft.Extensions.Logging.Abstractions"],
        ["RobustWrn.Search"] = ["RobustWrn.Core", "Microsoft.VisualBasic.Core", "MathNet.Numerics", "Microsoft.Extensions.Logging.Abstractions"],
        ["RobustWrn"] =
        [
            "RobustWrn.Core", "RobustWrn.Attacks", "RobustWrn.Training", "RobustWrn.Search", "TorchSharp", "MathNet.Numerics",
            "Microsoft.Extensions.Logging.Abstractions",
        ],
        ["RobustWrn.Search.Sqlite"] = ["RobustWrn.Core", "RobustWrn.Search", "Microsoft.Data.Sqlite", "Microsoft.Extensions.Logging.Abstractions"],
        ["RobustWrn.Images.SkiaSharp"] = ["RobustWrn.Core", "SkiaSharp"],
    };

    [Theory]
    [MemberData(nameof(Libraries.Data), MemberType = typeof(Libraries))]
    public void Library_References_OnlyWhatTheDesignAllows(string library)
    {
        IEnumerable<string> foreign = Libraries.Load(library).GetReferencedAssemblies()
            .Select(reference => reference.Name!)
            .Where(name => !name.StartsWith("System", StringComparison.Ordinal) && name != "netstandard" && !Allowed[library].Contains(name));
        Assert.Empty(foreign);
    }

    [Fact]
    public void Libraries_UnderSrc_AreTheOnesTheseTestsKnow() =>
        Assert.Equal(Libraries.Names.Order(StringComparer.Ordinal), SourceTree.Libraries().Order(StringComparer.Ordinal));

    [Fact]
    public void Search_Signatures_NameNoTensor()
    {
        IEnumerable<string> offenders = Libraries.Types("RobustWrn.Search").SelectMany(type => type
            .GetMembers(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            .Where(member => Mentioned(member).SelectMany(Parts).Any(part => part.Assembly.GetName().Name == "TorchSharp"))
            .Select(member => $"{type.Name}.{member.Name}"));
        Libraries.AssertNone(offenders);
    }

    [Theory]
    [MemberData(nameof(Libraries.Data), MemberType = typeof(Libraries))]
    public void Library_Types_LiveInOneNamespace(string library)
    {
        IEnumerable<string> offenders = Libraries.Types(library).Where(type => type.Namespace != library).Select(type => type.FullName!);
        Libraries.AssertNone(offenders);
    }

    private static IEnumerable<Type> Mentioned(MemberInfo member) => member switch
    {
        FieldInfo field => [field.FieldType],
        PropertyInfo property => [property.PropertyType],
        MethodInfo method => [method.ReturnType, .. method.GetParameters().Select(parameter => parameter.ParameterType)],
        ConstructorInfo constructor => constructor.GetParameters().Select(parameter => parameter.ParameterType),
        _ => [],
    };

    private static IEnumerable<Type> Parts(Type type) =>
        type.HasElementType ? Parts(type.GetElementType()!) : type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts).Append(type) : [type];
}
