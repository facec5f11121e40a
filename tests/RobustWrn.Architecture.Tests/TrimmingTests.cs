using System.Reflection;

namespace RobustWrn.Architecture.Tests;

/// <summary>Assemblies that look for types by reflection say so: docs/decisions/0031-no-trimming.md.</summary>
public sealed class TrimmingTests
{
    [Theory]
    [MemberData(nameof(Libraries.Data), MemberType = typeof(Libraries))]
    public void Library_Declares_ThatItIsNeitherTrimmedNorCompiledAheadOfTime(string library)
    {
        Dictionary<string, string?> declared = Libraries.Load(library).GetCustomAttributes<AssemblyMetadataAttribute>()
            .Where(attribute => attribute.Key.StartsWith("Is", StringComparison.Ordinal))
            .ToDictionary(attribute => attribute.Key, attribute => attribute.Value);

        Assert.Equal("False", declared["IsTrimmable"]);
        Assert.Equal("False", declared["IsAotCompatible"]);
    }
}
