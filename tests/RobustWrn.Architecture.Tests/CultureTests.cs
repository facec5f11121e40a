using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace RobustWrn.Architecture.Tests;

/// <summary>
/// No text of a library or sample follows the culture of the thread. Every member of the framework that an assembly mentions stands in its
/// tables of references with its
/// signature, so that whoever formats a number without naming a culture is seen on any path, in nested interpolations, lambdas and
/// generated code.
/// </summary>
public sealed class CultureTests
{
    private const string Format = "System.IFormatProvider";

    private static readonly HashSet<string> Numbers = new(StringComparer.Ordinal)
    {
        "Double", "Single", "Half", "Decimal", "Int128", "SByte", "Int16", "Int32", "Int64", "DateTime", "DateTimeOffset", "DateOnly",
            "TimeOnly",
    };

    // The ones whose text differs between cultures for every value, not for negative ones alone.
    private static readonly HashSet<string> Fractions = new(StringComparer.Ordinal) { "System.Double", "System.Single", "System.Half",
        "System.Decimal", "System.Object", "!0", "!!0" };

    [Theory]
    [MemberData(nameof(Libraries.Data), MemberType = typeof(Libraries))]
    public void Library_Texts_NameTheirCulture(string library) =>
        Libraries.AssertNone(Mentioned(library).Where(IsCultureBound)
            .Select(member => $"{library} calls {member}: name CultureInfo.InvariantCulture, or write $\"...\""));

    [Fact]
    public void IsCultureBound_CallsWithoutACulture_AreFound()
    {
        Assert.All((Member[])
        [
            new("Double", "ToString", [], []), new("Int64", "ToString", ["System.String"], []),
                new("String", "Format", ["System.String", "System.Object"], []),
            new("DefaultInterpolatedStringHandler", ".ctor", ["System.Int32", "System.Int32"], []),
                new("StringBuilder", "Append", ["System.Double"], []),
            new("AppendInterpolatedStringHandler", ".ctor", ["System.Int32", "System.Int32", "System.Text.StringBuilder"], []),
            new("String", "Join", ["System.String", "System.Collections.Generic.IEnumerable`1<!!0>"], ["System.Double"]),
                new("Double", "Parse", ["System.String"], []),
        ], member => Assert.True(IsCultureBound(member), member.ToString()));
        Assert.All((Member[])
        [
            new("Double", "ToString", ["System.String", Format], []),
                new("String", "Join", ["System.String", "System.Collections.Generic.IEnumerable`1<!!0>"], ["System.Int64"]),
            new("DefaultInterpolatedStringHandler", ".ctor", ["System.Int32", "System.Int32", Format], []),
                new("String", "Concat", ["System.String", "System.String"], []),
        ], member => Assert.False(IsCultureBound(member), member.ToString()));
    }

    [Fact]
    public void Mentioned_Core_HasItsCalls() =>
        Assert.Contains(Mentioned("RobustWrn.Core"), member => member is { Type: "String", Name: "Join" });

    private static bool IsCultureBound(Member member) => !member.Parameters.Contains(Format) && member switch
    {
        { Type: var type, Name: "ToString" or "Parse" or "TryParse" or "TryFormat" } when Numbers.Contains(type) => true,
        { Type: "String", Name: "Format" or "ToLower" or "ToUpper" } => true,
        { Type: "String", Name: "Join" } =>
            member.Parameters.Any(IsObjects) || member.Arguments.Any(Fractions.Contains),
        { Type: "String", Name: "Concat" } =>
            member.Parameters.Any(IsObjects) || member.Arguments.Any(Fractions.Contains),
        // What C# writes for a record itself appends objects; it is for debuggers, and no message holds it.
        { Type: "StringBuilder", Name: "Append" or "Insert" } =>
            member.Parameters.Any(parameter => Numbers.Contains(parameter["System.".Length..])),
        { Type: "StringBuilder", Name: "AppendFormat" } => true,
        { Type: "StringBuilder", Name: "AppendJoin" } => member.Parameters.Any(IsObjects) || member.Arguments.Any(Fractions.Contains),
        { Type: "DefaultInterpolatedStringHandler" or "AppendInterpolatedStringHandler", Name: ".ctor" } => true,
        { Type: "FormattableString", Name: "CurrentCulture" } or { Type: "Convert", Name: "ToString" or "ToDouble" or "ToSingle" } => true,
        _ => false,
    };

    private static bool IsObjects(string parameter) => parameter.StartsWith("System.Object", StringComparison.Ordinal);

    private sealed record Member(string Type, string Name, ImmutableArray<string> Parameters, ImmutableArray<string> Arguments)
    {
        public override string ToString() =>
            $"{Type}.{Name}{(Arguments.IsEmpty ? "" : $"<{string.Join(", ", Arguments)}>")}({string.Join(", ", Parameters)})";
    }

    private static List<Member> Mentioned(string library)
    {
        using var file = new PEReader(File.OpenRead(Libraries.Load(library).Location));
        MetadataReader metadata = file.GetMetadataReader();
        TypeNames names = new();
        List<Member> members = [];
        foreach (MemberReferenceHandle handle in metadata.MemberReferences)
        {
            if (Read(metadata, names, handle, []) is { } member)
                members.Add(member);
        }
        for (int row = 1; row <= metadata.GetTableRowCount(TableIndex.MethodSpec); row++)
        {
            MethodSpecification specification = metadata.GetMethodSpecification(
                MetadataTokens.MethodSpecificationHandle(row));
            if (specification.Method.Kind == HandleKind.MemberReference
                && Read(metadata, names, (MemberReferenceHandle)specification.Method,
                    specification.DecodeSignature(names, null)) is { } member)
                members.Add(member);
        }
        return members;
    }

    private static Member? Read(MetadataReader metadata, TypeNames names, MemberReferenceHandle handle, ImmutableArray<string> arguments)
    {
        MemberReference member = metadata.GetMemberReference(handle);
        if (member.Parent.Kind != HandleKind.TypeReference || member.GetKind() != MemberReferenceKind.Method)
            return null;
        string type = metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)member.Parent).Name);
        return new Member(type, metadata.GetString(member.Name), member.DecodeMethodSignature(names, null).ParameterTypes, arguments);
    }

    private sealed class TypeNames : ISignatureTypeProvider<string, object?>
    {
        public string GetPrimitiveType(PrimitiveTypeCode code) => $"System.{code}";

        public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte kind) =>
            reader.GetString(reader.GetTypeDefinition(handle).Name);

        public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte kind)
        {
            TypeReference type = reader.GetTypeReference(handle);
            return $"{reader.GetString(type.Namespace)}.{reader.GetString(type.Name)}";
        }

        public string GetTypeFromSpecification(MetadataReader reader, object? context, TypeSpecificationHandle handle, byte kind) =>
            reader.GetTypeSpecification(handle).DecodeSignature(this, context);

        // An optional number formats as the number.
        public string GetGenericInstantiation(string type, ImmutableArray<string> arguments) =>
            type == "System.Nullable`1" ? arguments[0] : $"{type}<{string.Join(", ", arguments)}>";

        public string GetGenericMethodParameter(object? context, int index) => $"!!{index}";

        public string GetGenericTypeParameter(object? context, int index) => $"!{index}";

        public string GetArrayType(string element, ArrayShape shape) => $"{element}[]";

        public string GetSZArrayType(string element) => $"{element}[]";

        public string GetByReferenceType(string element) => element;

        public string GetPointerType(string element) => element;

        public string GetPinnedType(string element) => element;

        public string GetFunctionPointerType(MethodSignature<string> signature) => "method";

        public string GetModifiedType(string modifier, string unmodified, bool required) => unmodified;
    }
}
