namespace RobustWrn.Core;

/// <summary>libtorch could not be loaded. The message carries the loader's own words and what to do about them.</summary>
public sealed class TorchNativeException : InvalidOperationException
{
    private const string Choices =
        "Give the application exactly one libtorch: reference the package libtorch-cpu-<rid> 2.10.0, TorchSharp-cpu, TorchSharp-cuda-windows or "
        + "TorchSharp-cuda-linux 0.107.0, or set " + TorchRuntime.LibraryFolderVariable + " to the lib folder of an installed PyTorch 2.10.";

    /// <summary>Creates the exception.</summary>
    /// <param name="rule">What was expected.</param>
    /// <param name="loaderError">What the operating system's loader, or a look at the disk, said.</param>
    /// <param name="remedy">What to do.</param>
    /// <param name="innerException">The error of the attempt, if there was one.</param>
    public TorchNativeException(string rule, string loaderError, string remedy, Exception? innerException = null)
        : base($"{rule}: {loaderError.Trim()}{(loaderError.AsSpan().Trim().EndsWith(".") ? "" : ".")}{Environment.NewLine}{remedy}", innerException) =>
        (LoaderError, Remedy) = (loaderError, remedy);

    /// <summary>What the operating system's loader, or a look at the disk, said.</summary>
    public string LoaderError { get; }

    /// <summary>What to do.</summary>
    public string Remedy { get; }

    internal static TorchNativeException FromLoader(string library, Exception error) =>
        new($"{library} must load", Reason(library, error.Message), RemedyFor(error.Message), error);

    // On Linux the runtime lists every place it looked at. The reason is the line about a file that is there, or about what that file
    // needs.
    private static string Reason(string library, string message)
    {
        string[] lines = message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string[] places = [.. lines.Where(line => line.Contains(library, StringComparison.Ordinal) && line.EndsWith(": No such file or directory", StringComparison.Ordinal))];
        if (places.Length == 0)
            return message;
        string[] reasons = [.. lines.Except(places).Where(line => !line.StartsWith("Unable to load", StringComparison.Ordinal))];
        return reasons.Length > 0
            ? string.Join("; ", reasons)
            : $"no such file in {string.Join(", ", places.Select(line => Path.GetDirectoryName(line[..line.IndexOf(": ", StringComparison.Ordinal)])).Distinct())}";
    }

    private static string RemedyFor(string loaderError)
    {
        if (loaderError.Contains("GLIBCXX_", StringComparison.Ordinal) || loaderError.Contains("CXXABI_", StringComparison.Ordinal))
        {
            return "This machine's C++ runtime is older than the one the library was linked with. Build with the target that the package RobustWrn.Core "
                + "brings (it weakens that symbol version in a copy of libLibTorchSharp.so; it is off where RobustWrnWeakenLibTorchSharp is false), "
                + "or install a newer libstdc++.";
        }
        if (loaderError.Contains("undefined symbol", StringComparison.Ordinal))
            return "The libtorch that the system found is of another version than the binding's. " + Choices;
        return Choices;
    }
}
