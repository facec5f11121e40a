using System.Reflection;
using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn.Conformance;

/// <summary>Every sampler of the library with its defaults, and once more with each of its switches turned.</summary>
public static class SamplerCases
{
    private static readonly SortedDictionary<string, ISampler> Cases = Find();

    public static TheoryData<string> Names => [.. Cases.Keys];

    public static ISampler Get(string name) => Cases[name];

    private static SortedDictionary<string, ISampler> Find()
    {
        SortedDictionary<string, ISampler> found = new(StringComparer.Ordinal);
        foreach (Type type in typeof(ISampler).Assembly.GetTypes().Where(type => typeof(ISampler).IsAssignableFrom(type) && !type.IsAbstract))
        {
            ISampler sampler = (ISampler)Activator.CreateInstance(type)!;
            found.Add(DescriptionTypes.NameOf(type), sampler);
            foreach (PropertyInfo property in type.GetProperties().Where(property => property.PropertyType == typeof(bool) && property.CanWrite))
            {
                ISampler turned = (ISampler)Activator.CreateInstance(type)!;
                bool value = !(bool)property.GetValue(turned)!;
                property.SetValue(turned, value);
                found.Add($"{DescriptionTypes.NameOf(type)}, {property.Name} {value}", turned);
            }
        }
        return found;
    }
}
