using RobustWrn.Core;

namespace RobustWrn.Samples;

/// <summary>Folders of CIFAR-10 and CIFAR-100 in their binary layout, told apart by the files in them.</summary>
internal static class CifarData
{
    private const int HeldOut = 1_000;

    /// <summary>Its images, 1,000 of the training images held out for validation.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="problems">Takes what is wrong.</param>
    /// <returns>Null when something is. The caller disposes it.</returns>
    public static DatasetSplits? Open(string folder, List<string> problems)
    {
        if (string.IsNullOrWhiteSpace(folder))
        {
            problems.Add($"--data must be {SyntheticData.Name} or a folder of CIFAR-10 or CIFAR-100 in its binary layout, got nothing.");
            return null;
        }
        try
        {
            bool hundred = File.Exists(Path.Combine(folder, "train.bin")) || Directory.Exists(Path.Combine(folder, "cifar-100-binary"));
            return hundred ? Cifar100.From(folder, HeldOut) : Cifar10.From(folder, HeldOut);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or InvalidDescriptionException)
        {
            problems.Add($"--data must be {SyntheticData.Name} or a folder of CIFAR-10 or CIFAR-100 in its binary layout: {e.Message}");
            return null;
        }
    }
}
