using System.IO.Enumeration;
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
    /// <param name="module">The network.</param>
    /// <param name="tensors">What is stored.</param>
    /// <param name="objects">What stands among it and is no tensor, in words: no harm unless the network needs it.</param>
    /// <param name="options">What the caller asks for.</param>
    /// <param name="report">The report so far: source and entry.</param>
    /// <param name="refusal">What is thrown for a reason, which goes on from the source.</param>
    public static WeightsReport Recognised(nn.Module module, IReadOnlyList<StoredTensor> tensors, IReadOnlyDictionary<string, string> objects, WeightsOptions options, WeightsReport report,
        Func<string, Exception> refusal)
    {
        options.ThrowIfInvalid();
        Dictionary<string, Tensor> own = module.state_dict();
        WeightNaming naming = new([.. tensors.Where(tensor => !tensor.IsNumber).Select(tensor => tensor.Name)], own.Keys, options.Names);
        Dictionary<string, StoredTensor> found = [];
        List<string> unexpected = [], leftOut = [], translated = [];
        foreach (StoredTensor tensor in tensors)
        {
            string? name = naming.ToLibrary(tensor.Name);
            if (name is null || (tensor.IsNumber && !own.ContainsKey(name)))
            {
                leftOut.Add(tensor.Name);
                continue;
            }
            translated.Add(name);
            if (Skips(options, name))
                continue;
            if (!own.ContainsKey(name))
                unexpected.Add(tensor.Name);
            else if (!found.TryAdd(name, tensor))
                throw refusal($"must have one tensor for each of the network, but {found[name].Name} and {tensor.Name} are both {name}. Name the right key map.");
        }
        foreach ((string name, string what) in objects)
        {
            if (naming.ToLibrary(name) is { } needed && own.ContainsKey(needed) && !Skips(options, needed))
                throw refusal($"cannot be read: the network needs {name}, which is {what}; nothing but tensors is ever constructed.");
        }
        string[] skipped = [.. own.Keys.Where(name => Skips(options, name))];
        foreach (string pattern in options.Skip)
        {
            if (!own.Keys.Concat(translated).Any(name => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false)))
                throw new ArgumentException($"skipped names must be of the network or the file, but \"{pattern}\" fits none. There are {NameList.Short(own.Keys)}.", nameof(options));
        }
        Copy(Fitted(own, found, unexpected, own.Keys.Except(skipped), naming.StoredShape, refusal));
        return report with { Prefix = naming.Prefix, Names = naming.Map, LeftOut = leftOut.Concat(objects.Keys).ToValueList(), Skipped = skipped.ToValueList() };
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

    private static bool Skips(WeightsOptions options, string name) =>
        options.Skip.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false));

    private static string Listed(string what, IReadOnlyCollection<string> names) => names.Count == 0 ? "" : $" {names.Count} {what}: {NameList.Short(names, "; ")}.";
}
