using System.Runtime.InteropServices;
using TorchSharp;

namespace RobustWrn.Core;

/// <summary>An installed PyTorch, named by <see cref="TorchRuntime.LibraryFolderVariable"/>, in place of a libtorch package.</summary>
/// <param name="Folder">Its <c>lib</c> folder.</param>
internal sealed record InstalledTorch(string Folder)
{
    private const string Rule = TorchRuntime.LibraryFolderVariable + " must name the lib folder of an installed PyTorch";
    private const string Remedy =
        "Find the folder with: python -c \"import torch, os; print(os.path.join(os.path.dirname(torch.__file__), 'lib'))\", or unset the variable.";

    public static InstalledTorch? FromEnvironment() =>
        Environment.GetEnvironmentVariable(TorchRuntime.LibraryFolderVariable) is { Length: > 0 } folder ? new(folder) : null;

    /// <summary>Loads libtorch by path. TorchSharp's own library then finds it in the process by name.</summary>
    public void Load()
    {
        if (!Directory.Exists(Folder))
            throw new TorchNativeException(Rule, $"got '{Folder}', which is no folder", Remedy);
        string library = Path.Combine(Path.GetFullPath(Folder), FileName("torch"));
        if (!File.Exists(library))
            throw new TorchNativeException(Rule, $"got '{Folder}', which holds no {FileName("torch")}", Remedy);
        ThrowIfTheProgramCarriesAnother();
        try
        {
            NativeLibrary.Load(library);
        }
        catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
        {
            throw new TorchNativeException($"{library} must load", error.Message, Remedy, error);
        }
        // On Windows torch.dll does not pull in the CUDA half (pytorch issue 33415).
        string cuda = Path.Combine(Path.GetFullPath(Folder), FileName("torch_cuda"));
        if (File.Exists(cuda))
            NativeLibrary.TryLoad(cuda, out _);
    }

    /// <summary>
    /// Preloads without a word, so that a user's own first <c>torch.*</c> finds the library too. <see cref="TorchRuntime.EnsureLoaded"/>
    /// reports errors.
    /// </summary>
    public void TryLoad()
    {
        try
        {
            Load();
        }
        catch (TorchNativeException)
        {
        }
    }

    // The loader tells libraries apart by file, so a second libtorch_cpu would be loaded beside the first and register every operator
    // twice.
    private void ThrowIfTheProgramCarriesAnother()
    {
        string? carried = SearchFolders().Select(folder => Path.Combine(folder, FileName("torch_cpu"))).FirstOrDefault(File.Exists);
        if (carried is not null && !SamePath(Path.GetDirectoryName(carried)!, Folder))
        {
            throw new TorchNativeException(
                $"a program must hold one libtorch, but {TorchRuntime.LibraryFolderVariable} is set and the program carries its own",
                carried,
                "Build without a libtorch package (in this repository: -p:TorchBackend=none), or unset the variable.");
        }
    }

    private static IEnumerable<string> SearchFolders() =>
        ((AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string)?.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries) ?? [])
        .Append(AppContext.BaseDirectory)
        .Append(Path.GetDirectoryName(typeof(torch).Assembly.Location) ?? "")
        .Where(folder => folder.Length > 0);

    private static bool SamePath(string a, string b) =>
        string.Equals(
            Path.TrimEndingDirectorySeparator(Path.GetFullPath(a)),
            Path.TrimEndingDirectorySeparator(Path.GetFullPath(b)),
            OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase);

    private static string FileName(string library) =>
        OperatingSystem.IsWindows() ? $"{library}.dll" : OperatingSystem.IsMacOS() ? $"lib{library}.dylib" : $"lib{library}.so";
}
