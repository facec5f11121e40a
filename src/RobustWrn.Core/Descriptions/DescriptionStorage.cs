using System.Text.Json;
using System.Text.Json.Nodes;

namespace RobustWrn.Core;

/// <summary>
/// Whether descriptions can be written to files and read back: asked before the work whose results are stored, so that nothing is lost for
/// want of a name
/// after hours of training. Descriptions that stay in memory need none of it.
/// </summary>
public static class DescriptionStorage
{
    /// <summary>
    /// What keeps a description out of files: parts without a <c>TypeName</c>, names that are taken, values that JSON cannot hold or does
    /// not give back.
    /// </summary>
    /// <param name="description">The description; null has no such problem.</param>
    /// <param name="name">Its name in its owner.</param>
    /// <returns>All unnamed parts, or the first other reason; empty when it can be stored.</returns>
    public static IEnumerable<Problem> StorageProblems(this IDescription? description, string name)
    {
        if (description is null)
            return [];
        try
        {
            JsonObject node = DescriptionJson.ToNode(description, DescriptionJson.MemoryOptions);
            Problem[] unnamed = [.. Unnamed(node, name)];
            return unnamed.Length > 0 ? unnamed : NotGivenBack(description, node, name);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException or ArgumentException)
        {
            return [new Problem(name, $"must be storable as JSON, which goes into a file: {FirstLine(e)}")];
        }
    }

    private static IEnumerable<Problem> Unnamed(JsonNode? node, string path)
    {
        if (node is JsonArray array)
            return array.SelectMany((item, i) => Unnamed(item, $"{path}[{i}]"));
        if (node is not JsonObject item)
            return [];
        IEnumerable<Problem> own = item["type"] is JsonValue value && value.TryGetValue(out string? type)
            && DescriptionTypes.IsUnnamed(type)
            ? [new Problem(path, $"must have a name in files, but {DescriptionTypes.NameInCode(type)} has none. "
                + "Give it public const string TypeName = \"...\", unique among the implementations of its interface.")]
            : [];
        return own.Concat(item.Where(property => property.Key != "type").SelectMany(property =>
            Unnamed(property.Value, $"{path}.{InCode(property.Key)}")));
    }

    private static IEnumerable<Problem> NotGivenBack(IDescription description, JsonObject node, string name)
    {
        IDescription read = (IDescription)DescriptionTypes.ReadAs(node.DeepClone().AsObject(), description.GetType(),
            DescriptionJson.Options);
        return Rule.Holds(JsonNode.DeepEquals(DescriptionJson.ToNode(read, DescriptionJson.MemoryOptions), node), name,
            $"must be the same when it is read back from JSON, but {description.GetType().Name} is not. "
                + "Give its properties init accessors, and no values that are made from others.");
    }

    private static string InCode(string property) => property.Length == 0 ? property : char.ToUpperInvariant(property[0]) + property[1..];

    private static string FirstLine(Exception error) => error.Message.Split('\n', 2)[0].TrimEnd();
}
