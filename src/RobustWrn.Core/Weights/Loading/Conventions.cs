namespace RobustWrn.Core;

/// <summary>
/// What a file says of how its weights are to be used, held against the network: conventions of its code, and the normalisation of pixels.
/// </summary>
internal static class Conventions
{
    /// <summary>Refuses what certainly computes otherwise, unless the caller named the key map, and gives the rest as warnings.</summary>
    public static ValueList<string> Checked(WeightsTarget target, StoredWeights stored, PixelConstants? constants, IKeyMap names,
        WeightsOptions options, Func<string, Exception> refusal)
    {
        if (target.Spec is null)
            return [];
        ConventionDifference[] differences = [.. stored.Spec is { } written ? SpecDifferences.Between(written, target.Spec)
            : names.Differences(Normalized(target.Spec, constants))];
        ConventionDifference[] certain = [.. differences.Where(difference => difference.IsCertain)];
        if (certain.Length > 0 && options.Names is null)
        {
            throw refusal(
                $"fits the network by names and shapes, but not by what it computes: "
                + $"{string.Join("; ", certain.Select(difference => difference.Text))}. "
                + $"Nothing was loaded. Change the spec{Remedy(stored, names)}, or name the key map (WeightsOptions.Names, --names "
                    + $"{DescriptionTypes.NameOf(names.GetType())}) to load it all the same.");
        }
        return differences.Select(difference => difference.Text).ToValueList();
    }

    /// <summary>The normalisation that the file says: its constants, or that of its spec; null where it says nothing.</summary>
    public static PixelConstants? Said(WeightsTarget target, StoredWeights stored, IReadOnlyList<StoredTensor> constants,
        Func<string, Exception> refusal)
    {
        PixelConstants? said = PixelConstants.Read(constants, target.Spec?.InputChannels, refusal);
        if (stored.Spec is null || stored.Spec.Normalization is not { } written)
            return said;
        PixelConstants carried = new(written, ["the spec in the file"], 1e-6);
        if (said is null)
            return carried;
        return said.Agrees(written) ? said
            : throw refusal(
            $"says two things of the pixels: {said.Describe()}, but {carried.Describe()}. Name the constants in WeightsOptions.Skip, or "
            + $"remove the spec.");
    }

    /// <summary>Gives a classifier without normalisation the one of the file; refuses one that contradicts it.</summary>
    /// <returns>Whether the classifier changed, and what is to be said.</returns>
    public static (bool Changes, ValueList<string> Warnings) Held(
        WeightsTarget target, StoredWeights stored, PixelConstants? said, WeightsOptions options, Func<string, Exception> refusal)
    {
        bool fromSpec = stored.Spec is not null;
        if (said is null)
            return (false, []);
        if (target.Classifier is not { } classifier)
        {
            if (said.Normalization.IsIdentity)
                return (false, []);
            string text = $"normalises pixels, {said.Describe()}, which a bare module cannot take on";
            return fromSpec
                ? (false, [$"the file {text}: give it pixels that are normalised so, or load into the classifier"])
                : throw refusal(
                    $"{text}. Load it into the classifier, or give the module normalised pixels and name the constants in "
                    + $"WeightsOptions.Skip (--skip).");
        }
        if (said.Agrees(classifier.Normalization))
            return (false, []);
        if (classifier.Normalization.IsIdentity)
        {
            return classifier.Spec.WithNormalization(said.Normalization) is not null ? (true, [])
                : throw refusal(
                    $"normalises pixels, {said.Describe()}, for which {classifier.Spec.Name} has no place: implement "
                    + $"INetworkSpec.WithNormalization.");
        }
        string contradiction =
            $"normalises pixels otherwise than the network: {said.Describe()}, but the network "
            + $"{PixelConstants.Text(classifier.Normalization)}";
        if (fromSpec && options.Names is not null)
            return (false, [$"the file {contradiction}"]);
        throw refusal($"{contradiction}. Nothing was loaded. Leave the spec's normalisation (--mean, --std) out to take the file's, or "
            + (fromSpec ? "name the key map (WeightsOptions.Names, --names) to keep the network's."
                : "name the constants in WeightsOptions.Skip (--skip) to keep the network's."));
    }

    private static INetworkSpec Normalized(INetworkSpec spec, PixelConstants? constants) =>
        constants is null ? spec : spec.WithNormalization(constants.Normalization.IsIdentity ? Written(spec, constants.Normalization)
            : constants.Normalization) ?? spec;

    // Constants that change nothing are said, too: the code's own normalisation is not missing then.
    private static Normalization Written(INetworkSpec spec, Normalization identity) => identity with
    {
        Mean = [.. Enumerable.Repeat(0.0, spec.InputChannels)],
        Std = [.. Enumerable.Repeat(1.0, spec.InputChannels)],
    };

    private static string Remedy(StoredWeights stored, IKeyMap names) =>
        stored.Spec is not null ? " (NetworkWeights.Open builds the one in the file)" : names is GowalNames
            ? " (WithLeaderboardConventions)" : "";
}
