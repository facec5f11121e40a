using System.Text.Json;
using System.Text.Json.Nodes;
using RobustWrn.Core;

namespace RobustWrn.Training;

/// <summary>
/// The settings that objectives had of their own inner attack in files before it was one description: <c>innerSteps</c>,
/// <c>innerStepSize</c>, <c>start</c> and, in TRADES, <c>innerLoss</c>, each of them left out where it was the default.
/// </summary>
internal static class FormerInnerAttack
{
    private const string Attack = "innerAttack";

    // What files had that said nothing: the step count always, and the loss in TRADES.
    private const int UsualSteps = 10;

    private static readonly (string Former, string Now)[] Settings =
        [("innerSteps", "steps"), ("innerStepSize", "stepSize"), ("start", "start"), ("innerLoss", "loss")];

    /// <summary>Puts the former settings of an objective into one description of its attack.</summary>
    /// <param name="stored">The objective as a file has it; changed in place.</param>
    /// <param name="own">The attack that the objective runs when nothing is said.</param>
    /// <exception cref="JsonException">There is an attack beside settings that it would have made meaningless.</exception>
    public static void Migrate(JsonObject stored, InnerPgd own)
    {
        List<(string Former, string Now, JsonNode Value)> given = [];
        foreach ((string former, string now) in Settings)
        {
            if (stored.Remove(former, out JsonNode? value) && value is not null)
                given.Add((former, now, value));
        }
        if (stored[Attack] is not { } attack)
        {
            stored.Remove(Attack);
            if (given.Count > 0)
                stored[Attack] = Described(own, given);
            return;
        }
        foreach ((string former, _, JsonNode value) in given.Where(setting => !SaysNothing(setting.Former, setting.Value)))
        {
            throw new JsonException($"\"{former}\" must be left out beside an \"{Attack}\", which has its own, got "
                + $"{Excerpt.Of(value.ToJsonString())} beside {Excerpt.Of(attack.ToJsonString())}. Set it in the attack.");
        }
    }

    private static JsonObject Described(InnerPgd own, List<(string Former, string Now, JsonNode Value)> given)
    {
        JsonObject attack = JsonSerializer.SerializeToNode<Attacks.IAttack>(own, DescriptionJson.Options)!.AsObject();
        foreach ((_, string now, JsonNode value) in given)
            attack[now] = value;
        return attack;
    }

    private static bool SaysNothing(string former, JsonNode value) => former switch
    {
        "innerSteps" => value is JsonValue number && number.TryGetValue(out int steps) && steps == UsualSteps,
        "innerLoss" => value is JsonObject loss && loss["type"] is JsonValue type && type.TryGetValue(out string? name)
            && name == Attacks.KullbackLeibler.TypeName,
        _ => false,
    };
}
