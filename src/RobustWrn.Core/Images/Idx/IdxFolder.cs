using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>The four files of MNIST and the data sets in its form, plain or packed by gzip.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Source">Where they come from, for messages.</param>
/// <param name="ClassNames">The classes, by label.</param>
internal sealed record IdxFolder(string Name, string Source, ValueList<string> ClassNames)
{
    private const string Training = "train", Test = "t10k";

    internal DatasetSplits Splits(string folder, int holdOut, Seed? seed)
    {
        Find(folder, Test);
        InMemoryImages train = ReadTraining(folder);
        try
        {
            return DatasetSplits.Owning(train, ReadTest(folder), holdOut, seed);
        }
        catch
        {
            train.Dispose();
            throw;
        }
    }

    internal InMemoryImages ReadTraining(string folder) => Read(folder, Training);

    internal InMemoryImages ReadTest(string folder) => Read(folder, Test);

    private InMemoryImages Read(string folder, string part)
    {
        TorchRuntime.EnsureLoaded();
        (string images, string labels) = Find(folder, part);
        Tensor pixels = IdxFile.Read(images, 3);
        Tensor planes = pixels.unsqueeze(1).DetachFromDisposeScope();
        pixels.Dispose();
        try
        {
            return ArrayImages.Own(labels, planes, IdxFile.Read(labels, 1), ClassNames);
        }
        catch
        {
            planes.Dispose();
            throw;
        }
    }

    private (string Images, string Labels) Find(string folder, string part)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        string remedy = $"Put the four files of {Name} there, as they are at {Source}; they may stay packed.";
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"{folder} must be a folder with the files of {Name}, but there is no such folder. {remedy}");
        string[] names = [$"{part}-images-idx3-ubyte", $"{part}-labels-idx1-ubyte"];
        // Some copies have a dot where the others have a dash.
        string?[] found = Array.ConvertAll(names, name => Array.Find(
            [name, name + ".gz", name.Replace("-idx", ".idx", StringComparison.Ordinal), name.Replace("-idx", ".idx", StringComparison.Ordinal) + ".gz"],
            file => File.Exists(Path.Combine(folder, file))));
        string[] missing = [.. names.Where((_, i) => found[i] is null)];
        return missing.Length == 0
            ? (Path.Combine(folder, found[0]!), Path.Combine(folder, found[1]!))
            : throw new FileNotFoundException($"{folder} must hold {string.Join(" and ", names)} (or .gz), but lacks {string.Join(", ", missing)}. {remedy}", Path.Combine(folder, missing[0]));
    }
}
