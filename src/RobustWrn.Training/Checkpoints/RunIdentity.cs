using System.Text.Json.Nodes;
using RobustWrn.Core;

namespace RobustWrn.Training;

/// <summary>All that decides the outcome of a training, as JSON: two runs with equal identities end in the same weights.</summary>
/// <param name="document">An object with one property for each part.</param>
internal sealed class RunIdentity(JsonObject document)
{
    private const string ObjectiveName = "objective";

    private static readonly string[] Changeable = ["epochs", "learningRate", "schedule", "earlyStopping"];

    public JsonObject Document { get; } = document;

    /// <summary>The identity in a checkpoint, its descriptions in the form that they have in files today.</summary>
    public static RunIdentity Stored(JsonObject document)
    {
        JsonObject today = document.DeepClone().AsObject();
        if (today.ContainsKey(ObjectiveName))
            today[ObjectiveName] = DescriptionJson.Renewed<IRobustObjective>(document[ObjectiveName]);
        return new RunIdentity(today);
    }

    public static RunIdentity Of(IRobustObjective objective, TrainingRecipe recipe, INetworkSpec network, ThreatModel threat, TrainingSplits data, Seed seed, string initialWeights, string dtype, string[] frozen)
    {
        JsonObject document = new()
        {
            [ObjectiveName] = Node(objective),
            ["recipe"] = Node(recipe),
            ["network"] = Node(network),
            ["threat"] = Node(threat),
            ["seed"] = seed.Value,
            ["trainingImages"] = data.Train.Fingerprint,
            ["validationImages"] = data.Validation.Fingerprint,
            ["initialWeights"] = initialWeights,
            ["dtype"] = dtype,
        };
        if (data.Extra is { } extra)
            document["extraImages"] = extra.Fingerprint;
        if (frozen.Length > 0)
            document["frozen"] = new JsonArray([.. frozen.Select(name => (JsonNode)name)]);
        return new RunIdentity(document);
    }

    /// <summary>The differences, one line each: where, what the other has stored, what this one has now.</summary>
    public IReadOnlyList<string> DifferencesFrom(RunIdentity other) => JsonDifference.Between(other.Document.ToJsonString(), Document.ToJsonString());

    /// <summary>This run as one that goes on from another's checkpoint.</summary>
    /// <param name="other">The other run.</param>
    /// <param name="hash">What its checkpoint is told by.</param>
    /// <returns>An identity that tells both.</returns>
    /// <exception cref="CheckpointRefusedException">The runs differ in more than may be changed on the way.</exception>
    public RunIdentity GoingOnFrom(RunIdentity other, string hash)
    {
        // Whatever weights the classifier has are replaced.
        IReadOnlyList<string> differences = Lasting(this).DifferencesFrom(Lasting(other));
        if (differences.Count > 0)
        {
            throw new CheckpointRefusedException(
                $"a training can go on from another's checkpoint where only {string.Join(", ", Changeable)} of the recipe are changed. Go on with that run's settings, or start anew from its weights. It differs in "
                + Listed(differences), differences);
        }
        JsonObject document = Document.DeepClone().AsObject();
        document["initialWeights"] = other.Document["initialWeights"]?.DeepClone();
        document["continues"] = hash;
        return new RunIdentity(document);

        static RunIdentity Lasting(RunIdentity run)
        {
            JsonObject document = run.Document.DeepClone().AsObject();
            document.Remove("initialWeights");
            document.Remove("continues");
            foreach (string name in Changeable)
                document["recipe"]?.AsObject().Remove(name);
            return new RunIdentity(document);
        }
    }

    /// <summary>The first of many differences.</summary>
    public static string Listed(IReadOnlyList<string> differences) =>
        string.Join("; ", differences.Take(10)) + (differences.Count > 10 ? $"; and {differences.Count - 10} more." : ".");

    private static JsonNode? Node(IDescription description) => JsonNode.Parse(DescriptionJson.Write(description));
}
