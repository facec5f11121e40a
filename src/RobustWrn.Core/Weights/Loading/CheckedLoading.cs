using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>Weights into a network: all names and shapes are compared first, and nothing is copied unless every one fits.</summary>
internal static class CheckedLoading
{
    /// <summary>Loads under the names the tensors have.</summary>
    public static void Exactly(nn.Module module, IReadOnlyList<StoredTensor> tensors, string source)
    {
        Dictionary<string, Tensor> own = module.state_dict();
        Copy(Fitted(own, tensors.ToDictionary(tensor => tensor.Name), [], own.Keys, (_, shape) => shape, reason => new InvalidDataException($"{source} {reason}")));
    }

    /// <summary>Loads under whichever names are recognised.</summary>
    /// <param name="module">The network, or a classifier, which also takes on the normalisation of the weights.</param>
    /// <param name="stored">What is stored.</param>
    /// <param name="options">What the caller asks for.</param>
    /// <param name="report">The report so far: source and entry.</param>
    /// <param name="refusal">What is thrown for a reason, which goes on from the source.</param>
    public static WeightsReport Recognised(nn.Module module, StoredWeights stored, WeightsOptions options, WeightsReport report,
        Func<string, Exception> refusal)
    {
        options.ThrowIfInvalid();
        WeightsTarget target = WeightsTarget.Of(module);
        Dictionary<string, Tensor> own = target.Network.state_dict();
        SkippedNames skip = new(options.Skip);
        (StoredTensor[] dropped, StoredTensor[] kept) = Split(stored.Tensors, tensor => skip.Fits(tensor.Name));
        WeightNaming naming = WeightNaming.Of([.. kept.Where(tensor => !tensor.IsNumber).Select(tensor => tensor.Name)], own.Keys,
            options.Names, refusal);
        (StoredTensor[] constants, StoredTensor[] weights) = Split(
            kept, tensor => !own.ContainsKey(naming.Bare(tensor.Name)) && PixelConstants.IsOne(tensor));
        (StoredTensor[] unwanted, constants) = Split([.. constants, .. stored.Beside], constant =>
            skip.Fits(naming.Bare(constant.Name)) || skip.Fits(constant.Name));
        Sorted sorted = Sort(weights, own, naming, skip, refusal);
        foreach ((string name, string what) in stored.Objects.Where(item => naming.IsInGroup(item.Key) && !skip.Fits(item.Key)))
        {
            if (naming.ToLibrary(name) is { } needed && own.ContainsKey(needed) && !skip.Fits(needed))
                throw refusal($"cannot be read: the network needs {name}, which is {what}; nothing but tensors is ever constructed.");
        }
        if (stored.Objects.FirstOrDefault(item => ConstantName.Of(item.Key) is not null
            && !skip.Fits(item.Key)) is { Key: not null } constant)
            throw refusal(
                $"has {constant.Key}, which is {constant.Value}, and may normalise pixels. If it does not count, name it in "
                + $"WeightsOptions.Skip.");
        string[] skipped = [.. own.Keys.Where(name => naming.Stored(name).Any(skip.Fits))];
        skip.CheckUsed(own.Keys);
        List<(Tensor Target, StoredTensor Stored)> fitted = Fitted(
            own, sorted.Found, sorted.Unexpected, own.Keys.Except(skipped), naming.StoredShape, refusal);
        PixelConstants? said = Conventions.Said(target, stored, constants, refusal);
        (bool changes, ValueList<string> warnings) = Conventions.Held(target, stored, said, options, refusal);
        warnings = [.. Conventions.Checked(target, stored, said, naming.Names, options, refusal), .. warnings];
        Copy(fitted);
        if (changes)
            target.Classifier!.Normalize(said!.Normalization);
        return report with
        {
            Prefix = naming.Prefix,
            Names = DescriptionTypes.NameOf(naming.Names.GetType()),
            LeftOut = dropped.Concat(unwanted).Select(tensor => tensor.Name).Concat(sorted.LeftOut).Concat(stored.Objects.Keys)
                .ToValueList(),
            Skipped = skipped.ToValueList(),
            Normalization = said?.Normalization,
            NormalizationSource = said is null ? "" : string.Join(", ", said.Names) + said.Note,
            NormalizationApplied = changes,
            Warnings = warnings,
        };
    }

    private static Sorted Sort(StoredTensor[] tensors, Dictionary<string, Tensor> own, WeightNaming naming, SkippedNames skip,
        Func<string, Exception> refusal)
    {
        Sorted sorted = new([], [], []);
        foreach (StoredTensor tensor in tensors)
        {
            string? name = naming.ToLibrary(tensor.Name);
            if (name is null && !tensor.IsNumber && ConstantName.Of(tensor.Name) is not null)
                sorted.Unexpected.Add(tensor.Name); // A mean of another shape than one number a channel decides logits as much.
            else if (name is null || (tensor.IsNumber && !own.ContainsKey(name)))
                sorted.LeftOut.Add(tensor.Name);
            else if (skip.Fits(name) || skip.Fits(naming.Bare(tensor.Name)))
                continue;
            else if (!own.ContainsKey(name) || !naming.IsInGroup(tensor.Name))
                sorted.Unexpected.Add(tensor.Name);
            else if (!sorted.Found.TryAdd(name, tensor))
                throw refusal(
                    $"must have one tensor for each of the network, but {sorted.Found[name].Name} and {tensor.Name} are both {name}. "
                    + $"Name the right key map.");
        }
        return sorted;
    }

    private static (StoredTensor[] Fitting, StoredTensor[] Others) Split(
        IReadOnlyCollection<StoredTensor> tensors, Func<StoredTensor, bool> fits)
    {
        ILookup<bool, StoredTensor> parts = tensors.ToLookup(fits);
        return ([.. parts[true]], [.. parts[false]]);
    }

    private static List<(Tensor Target, StoredTensor Stored)> Fitted(
        Dictionary<string, Tensor> own, Dictionary<string, StoredTensor> found, IEnumerable<string> unexpectedNames, IEnumerable<string> wanted,
        Func<string, long[], long[]> storedShape, Func<string, Exception> refusal)
    {
        List<string> missing = [], misshaped = [];
        List<(Tensor, StoredTensor)> fitted = [];
        foreach (string name in wanted)
        {
            if (!found.TryGetValue(name, out StoredTensor? stored))
            {
                // PyTorch before 0.4.1 stored no batch counter; it does not change what a network computes.
                if (!name.EndsWith(".num_batches_tracked", StringComparison.Ordinal))
                    missing.Add(name);
            }
            else if (!stored.Shape.SequenceEqual(own[name].shape) && !stored.Shape.SequenceEqual(storedShape(name, own[name].shape)))
                misshaped.Add($"{name}: the network has ({string.Join(", ", own[name].shape)}), the file ({string.Join(", ", stored.Shape)})");
            else
                fitted.Add((own[name], stored));
        }
        string[] unexpected = [.. unexpectedNames, .. found.Where(pair => !own.ContainsKey(pair.Key)).Select(pair => pair.Value.Name)];
        return missing.Count + unexpected.Length + misshaped.Count == 0 ? fitted : throw refusal(
            "must fit the network; nothing was loaded."
            + Listed("missing", missing) + Listed("unexpected", unexpected) + Listed("of another shape", misshaped)
            + " Check the spec (depths, widths, classes) the weights were trained with.");
    }

    private static void Copy(List<(Tensor Target, StoredTensor Stored)> fitted)
    {
        foreach ((_, StoredTensor stored) in fitted)
            stored.Verify();
        using IDisposable guard = no_grad();
        foreach ((Tensor target, StoredTensor stored) in fitted)
        {
            using DisposeScope scope = NewDisposeScope();
            stored.CopyTo(target.detach().view(stored.Shape));
        }
    }

    private static string Listed(string what, IReadOnlyCollection<string> names) => names.Count == 0 ? "" : $" {names.Count} {what}: {NameList.Short(names, "; ")}.";

    private sealed record Sorted(Dictionary<string, StoredTensor> Found, List<string> Unexpected, List<string> LeftOut);
}
