using System.Reflection;
using System.Text.Json.Nodes;
using RobustWrn.Conformance.Contracts;
using RobustWrn.Core;

namespace RobustWrn.Conformance.Networks;

/// <summary>A network of every kind of specification in the library, as small as its numbers let it be.</summary>
internal static class SmallNetworks
{
    private static readonly string[] Sizes = ["width", "depth"];

    public static IReadOnlyDictionary<string, INetworkSpec> All { get; } =
        LibraryTypes.Implementing(typeof(INetworkSpec)).ToDictionary(type => type.Name, Small);

    /// <summary>The same specification with another number, whether that makes it invalid or not.</summary>
    public static INetworkSpec With(INetworkSpec spec, string property, int value)
    {
        JsonObject document = JsonNode.Parse(DescriptionJson.Write(spec))!.AsObject();
        Assert.True(document.ContainsKey(property),
            $"{spec.GetType().Name} must have the property {property}, which every network has, in its JSON");
        document[property] = value;
        return DescriptionJson.Read<INetworkSpec>(document.ToJsonString());
    }

    // Its own defaults, or else a network that it names: a preset, or a static property of its own kind.
    private static INetworkSpec Small(Type type)
    {
        INetworkSpec spec = (INetworkSpec)Activator.CreateInstance(type)!;
        if (spec.Problems().Any())
        {
            spec = NetworkPresets.All.Select(preset => preset.Spec)
                .Concat(type.GetProperties(BindingFlags.Public | BindingFlags.Static).Where(property =>
                    property.PropertyType == type).Select(property => (INetworkSpec)property.GetValue(null)!))
                .Where(candidate => candidate.GetType() == type).MinBy(candidate => candidate.Cost(32, 32).MultiplyAdds)
                ?? throw new InvalidOperationException($"{type.Name} must have sound defaults, or a preset.");
        }
        JsonNode document = JsonNode.Parse(DescriptionJson.Write(spec))!;
        Shrink(document);
        INetworkSpec small = DescriptionJson.Read<INetworkSpec>(document.ToJsonString());
        return small.Problems().Any() ? spec : small;
    }

    private static void Shrink(JsonNode? node)
    {
        if (node is JsonArray array)
        {
            foreach (JsonNode? item in array)
                Shrink(item);
        }
        if (node is not JsonObject properties)
            return;
        foreach ((string name, JsonNode? value) in properties.ToArray())
        {
            if (Sizes.Contains(name) && value is JsonValue number && number.TryGetValue(out int size))
                properties[name] = name == "depth" ? 1 : Math.Min(size, 16);
            else
                Shrink(value);
        }
    }
}
