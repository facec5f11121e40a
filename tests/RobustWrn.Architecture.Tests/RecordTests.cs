using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using RobustWrn.Core;

namespace RobustWrn.Architecture.Tests;

/// <summary>Descriptions and results are values: immutable, compared by content, named in files.</summary>
public sealed class RecordTests
{
    private static IEnumerable<Type> PublicRecords => Libraries.AllTypes().Where(type => type.IsVisible && Libraries.IsRecord(type));

    private static IEnumerable<Type> Descriptions =>
        Libraries.AllTypes().Where(type => type is { IsAbstract: false, IsInterface: false } && typeof(IDescription).IsAssignableFrom(type));

    [Fact]
    public void Records_UnderSrc_AreFound() => Assert.Contains(typeof(WideResNetSpec), PublicRecords);

    [Fact]
    public void PublicRecords_State_HoldsNoBareCollection()
    {
        IEnumerable<string> offenders = PublicRecords.SelectMany(record => Libraries.State(record)
            .Where(field => IsBareCollection(field.FieldType))
            .Select(field => $"{record.Name} holds {field.FieldType.Name} in {field.Name}: write ValueList<T>"));
        Libraries.AssertNone(offenders);
    }

    [Fact]
    public void PublicRecords_Properties_CannotBeSetAfterwards()
    {
        IEnumerable<string> offenders = PublicRecords.SelectMany(record => Libraries.Properties(record)
            .Where(property => property.SetMethod is { IsPublic: true } setter
                && !setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)))
            .Select(property => $"{record.Name}.{property.Name} has a set accessor: write init"));
        Libraries.AssertNone(offenders);
    }

    [Fact]
    public void Descriptions_AreSealedAndNeverChange()
    {
        IEnumerable<string> offenders = Descriptions
            .Where(type => !type.IsSealed || Libraries.State(type).Any(field => !field.IsInitOnly))
            .Select(type => $"{type.Name} is not sealed, or has state that can change");
        Libraries.AssertNone(offenders);
    }

    [Fact]
    public void Descriptions_BehindAnInterface_HaveANameInFiles()
    {
        IEnumerable<string> offenders = Descriptions.Where(type => Contracts(type).Any() && NameOf(type) is null)
            .Select(type => $"{type.Name} implements {string.Join(", ", Contracts(type).Select(contract => contract.Name))}: it needs `public const string TypeName`");
        Libraries.AssertNone(offenders);
    }

    [Fact]
    public void Descriptions_OfOneContract_HaveDifferentNames()
    {
        IEnumerable<string> offenders = Descriptions.Where(type => NameOf(type) is not null)
            .SelectMany(type => Contracts(type).Select(contract => (Contract: contract.Name, Name: NameOf(type)!, Type: type.Name)))
            .GroupBy(entry => (entry.Contract, entry.Name))
            .Where(group => group.Count() > 1)
            .Select(group => $"{group.Key.Contract} \"{group.Key.Name}\": {string.Join(", ", group.Select(entry => entry.Type))}");
        Libraries.AssertNone(offenders);
    }

    internal static IEnumerable<string> StoredNames() =>
        Descriptions.Where(type => NameOf(type) is not null).Select(type => $"{NameOf(type)} = {type.FullName}").Order(StringComparer.Ordinal);

    private static string? NameOf(Type type) =>
        type.GetField("TypeName", BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly) is { IsLiteral: true } field
            ? (string?)field.GetRawConstantValue()
            : null;

    // The interfaces and abstract records of this library that others may implement too.
    private static IEnumerable<Type> Contracts(Type type) =>
        type.GetInterfaces().Append(type.BaseType!)
            .Where(contract => contract != typeof(IDescription) && typeof(IDescription).IsAssignableFrom(contract) && (contract.IsInterface || contract.IsAbstract));

    private static bool IsBareCollection(Type type) =>
        type != typeof(string) && typeof(IEnumerable).IsAssignableFrom(type)
        && !(type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueList<>));
}
