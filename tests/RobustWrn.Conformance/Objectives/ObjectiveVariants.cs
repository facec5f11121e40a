using System.Text.Json.Nodes;
using RobustWrn.Core;
using RobustWrn.Training;

namespace RobustWrn.Conformance.Objectives;

/// <summary>The same objective with another value of one property, by its name in files: what is tested is what a recipe file can say.</summary>
internal static class ObjectiveVariants
{
    public static IRobustObjective With(this IRobustObjective objective, string property, JsonNode value)
    {
        JsonObject document = JsonNode.Parse(DescriptionJson.Write(objective))!.AsObject();
        document[property] = value;
        return DescriptionJson.Read<IRobustObjective>(document.ToJsonString());
    }

    public static JsonNode AsNode(this IDescription description)
    {
        JsonObject document = JsonNode.Parse(DescriptionJson.Write(description))!.AsObject();
        document.Remove("version");
        return document;
    }
}
