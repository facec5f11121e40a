using RobustWrn.Core;

namespace RobustWrn.Packaging.Tests;

/// <summary>A user's program beside which libtorch is missing, broken, doubled or named by the environment.</summary>
[Trait("Category", "Slow")]
public sealed class NativeLibraryTests(PackedLibraries packed) : IDisposable
{
    private const int Refused = 3;

    private readonly string _program = TestFolder.Make();

    /// <summary>What the program needs to find the libtorch that these tests themselves were built for.</summary>
    internal static IReadOnlyDictionary<string, string> OfThisRun { get; } =
        Repository.TorchBackend == "none" ? With(LibraryFolder) : new Dictionary<string, string>();

    private static string LibraryFolder => Path.GetDirectoryName(TorchRuntime.Describe().LibTorchFile)!;

    private static string BindingName =>
        OperatingSystem.IsWindows() ? "LibTorchSharp.dll" : OperatingSystem.IsMacOS() ? "libLibTorchSharp.dylib" : "libLibTorchSharp.so";

    public void Dispose() => Directory.Delete(_program, recursive: true);

    [Fact]
    public async Task FirstUse_NoNativeLibrary_SaysWhatTheLoaderSaidAndWhatToDo()
    {
        CopyManagedFiles();
        Ended run = await RunAsync();
        Assert.True(run.ExitCode == Refused, run.Everything);
        Assert.Contains(OperatingSystem.IsLinux() ? "LibTorchSharp must load: no such file in " : "LibTorchSharp must load: ", run.Error);
        Assert.Contains("libtorch-cpu-<rid> 2.10.0", run.Error);
        Assert.Contains("ROBUSTWRN_LIBTORCH", run.Error);
        AssertNothingWasCopied(run);
    }

    [Fact]
    public async Task FirstUse_BindingWithoutLibTorch_NamesTheMissingLibrary()
    {
        CopyManagedFiles();
        CopyBinding();
        Ended run = await RunAsync();
        Assert.True(run.ExitCode == Refused, run.Everything);
        // A system may have a libtorch of its own (Debian's python3-torch), which is none that the binding can use.
        Assert.Matches(OperatingSystem.IsLinux()
            ? @"LibTorchSharp must load: (libtorch\.so: cannot open shared object file: No such file or directory\.|.*undefined symbol: .*)"
            : "LibTorchSharp", run.Error);
        Assert.Contains("libtorch-cpu-<rid> 2.10.0", run.Error);
        AssertNothingWasCopied(run);
    }

    [Fact]
    public async Task FirstUse_BindingIsNoLibrary_CarriesTheLoadersWords()
    {
        CopyManagedFiles();
        await File.WriteAllTextAsync(Path.Combine(_program, BindingName), "This is no library, and long enough to be read as a header of one: 0123456789 0123456789.");
        Ended run = await RunAsync();
        Assert.True(run.ExitCode == Refused, run.Everything);
        Assert.Contains("LibTorchSharp must load", run.Error);
        Assert.Contains(OperatingSystem.IsLinux() ? "invalid ELF header" : "LibTorchSharp", run.Error);
        AssertNothingWasCopied(run);
    }

    [Fact]
    public async Task FirstUse_OriginalBindingOnLinux_LoadsOrNamesTheSymbolVersionAndTheTarget()
    {
        CopyManagedFiles();
        string original = Directory.GetFiles(Path.Combine(Repository.PackageFolder, "torchsharp", "0.107.0"), BindingName, SearchOption.AllDirectories).First();
        File.Copy(original, Path.Combine(_program, BindingName));
        Ended run = await RunAsync(With(LibraryFolder));
        if (run.ExitCode == 0)
            return; // This machine's libstdc++ is new enough.
        Assert.Contains("GLIBCXX_3.4.32", run.Error);
        Assert.Contains("RobustWrnWeakenLibTorchSharp", run.Error);
        AssertNothingWasCopied(run);
    }

    [Fact]
    public async Task FirstUse_InstalledPyTorchNamed_IsTheOneThatLoads()
    {
        CopyManagedFiles();
        CopyBinding();
        Ended run = await RunAsync(With(LibraryFolder));
        Assert.True(run.ExitCode == 0, run.Everything);
        Assert.Contains("from " + LibraryFolder, run.Output);
        AssertNothingWasCopied(run);
    }

    [Fact]
    public async Task FirstUse_NamedFolderDoesNotExist_SaysSo()
    {
        CopyManagedFiles();
        Ended run = await RunAsync(With(Path.Combine(_program, "nowhere")));
        Assert.True(run.ExitCode == Refused, run.Everything);
        Assert.Contains("ROBUSTWRN_LIBTORCH must name the lib folder of an installed PyTorch: got '", run.Error);
        Assert.Contains("which is no folder", run.Error);
    }

    [Fact]
    public async Task FirstUse_NamedFolderHoldsNoLibTorch_SaysWhichFileIsMissing()
    {
        CopyManagedFiles();
        Ended run = await RunAsync(With(_program));
        Assert.True(run.ExitCode == Refused, run.Everything);
        Assert.Contains(OperatingSystem.IsLinux() ? "which holds no libtorch.so" : "which holds no", run.Error);
        Assert.Contains("python -c", run.Error);
    }

    [Fact]
    public async Task FirstUse_NamedFolderAndAPackage_RefusesTwoLibTorchesInOneProcess()
    {
        CopyManagedFiles();
        CopyBinding();
        string carried = Path.GetFileName(TorchRuntime.Describe().LibTorchFile)!;
        await File.WriteAllTextAsync(Path.Combine(_program, carried), "stands for a second libtorch");
        Ended run = await RunAsync(With(LibraryFolder));
        Assert.True(run.ExitCode == Refused, run.Everything);
        Assert.Contains("a program must hold one libtorch", run.Error);
        Assert.Contains(Path.Combine(_program, carried), run.Error);
        Assert.Contains("TorchBackend=none", run.Error);
    }

    private static Dictionary<string, string> With(string folder) => new() { [TorchRuntime.LibraryFolderVariable] = folder };

    // Without the dependency manifest the host takes the files of the folder as they are.
    private void CopyManagedFiles()
    {
        foreach (string file in Directory.GetFiles(packed.ConsumerOutput))
        {
            if (file.EndsWith(".dll", StringComparison.Ordinal) || file.EndsWith(".runtimeconfig.json", StringComparison.Ordinal))
                File.Copy(file, Path.Combine(_program, Path.GetFileName(file)));
        }
    }

    private void CopyBinding() =>
        File.Copy(Directory.GetFiles(packed.ConsumerOutput, BindingName, SearchOption.AllDirectories).First(), Path.Combine(_program, BindingName));

    private Task<Ended> RunAsync(IReadOnlyDictionary<string, string>? environment = null) =>
        ChildProcess.DotnetAsync(_program, [Path.Combine(_program, "Consumer.dll")], environment);

    // TorchSharp's way out of a failed load is to copy 490 MB beside the program, and to print a misleading text.
    private void AssertNothingWasCopied(Ended run)
    {
        Assert.Empty(Directory.GetDirectories(_program));
        Assert.DoesNotContain("doesn't contain a reference", run.Everything);
    }
}
