using System.Globalization;
using System.Text.Json.Nodes;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// A search space as canonical JSON. A part that a space does not have is not written, so that spaces of before there was such a part keep
/// their fingerprints.
/// </summary>
internal static class SpaceText
{
    public static string Of<TSpec>(SpaceParts<TSpec> parts)
        where TSpec : INetworkSpec
    {
        JsonObject space = new()
        {
            ["base"] = JsonNode.Parse(DescriptionJson.Canonical(parts.Base)),
            ["dimensions"] = new JsonArray([.. parts.Axes.Select(Of)]),
            ["filters"] = new JsonArray([.. parts.Filters.Select(filter => (JsonNode)filter.Name)]),
        };
        if (parts.Constraints.Count > 0)
            space["constraints"] = new JsonArray([.. parts.Constraints.Select(Of)]);
        if (parts.Identity is { } identity)
            space["identity"] = identity.Name;
        return space.ToJsonString(JsonTextConverter.Compact);
    }

    private static JsonObject Of<TSpec>(SpaceAxis<TSpec> axis)
        where TSpec : INetworkSpec
    {
        JsonObject dimension = new() { ["name"] = axis.Dimension.Name, ["values"] = Texts(axis.Dimension.Values) };
        if (axis.KindIsStated)
            dimension["kind"] = axis.Kind.ToString().ToLowerInvariant();
        if (axis.Conditions.Count > 0)
            dimension["when"] = new JsonArray([.. axis.Conditions.Select(condition =>
                new JsonObject { ["dimension"] = condition.Name, ["values"] = Texts(condition.Texts) })]);
        return dimension;
    }

    private static JsonObject Of<TSpec>(SpaceConstraint<TSpec> constraint)
        where TSpec : INetworkSpec => new()
        {
            ["cost"] = constraint.Target.Name,
            ["amount"] = Finite(constraint.Target.Amount),
            ["tolerance"] = Finite(constraint.Target.Tolerance),
            ["free"] = constraint.Free.Name,
            ["least"] = constraint.Free.Least,
            ["most"] = constraint.Free.Most,
            ["step"] = constraint.Free.Step,
        };

    // What JSON cannot hold is a problem of the space, which is found before anybody asks for its text.
    private static JsonNode Finite(double number) =>
        double.IsFinite(number) ? number : number.ToString(CultureInfo.InvariantCulture);

    private static JsonArray Texts(ValueList<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);
}
