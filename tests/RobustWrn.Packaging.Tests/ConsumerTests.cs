using System.Runtime.InteropServices;

namespace RobustWrn.Packaging.Tests;

[Trait("Category", "Slow")]
public sealed class ConsumerTests(PackedLibraries packed)
{
    [Fact]
    public async Task Run_ProgramOnThePackages_AttackReachesTheCornerOfTheBall()
    {
        Ended run = await ChildProcess.DotnetAsync(packed.Consumer, [Path.Combine(packed.ConsumerOutput, "Consumer.dll")], NativeLibraryTests.OfThisRun);
        Assert.True(run.ExitCode == 0, run.Everything);
        Assert.Contains("moved -8 8 -8 8 -8 8 -8 8 -8 8 -8 8", run.Output);
        Assert.Contains("libtorch", run.Output);
    }

    [Fact]
    public void Publish_ProgramOnThePackages_RestoresWithoutAWarning() =>
        Assert.DoesNotContain("warning", packed.Publishing.Everything, StringComparison.OrdinalIgnoreCase);

    [Fact]
    public void Publish_OnLinux_WeakensExactlyOneFlagAndLeavesThePackageAlone()
    {
        string original = LibTorchSharp(Path.Combine(Repository.PackageFolder, "torchsharp", "0.107.0"));
        byte[] expected = File.ReadAllBytes(original);
        foreach (string output in new[] { packed.ConsumerOutput, packed.ConsumerPublished })
        {
            byte[] actual = File.ReadAllBytes(LibTorchSharp(output));
            Assert.Equal(expected.Length, actual.Length);
            int[] changed = [.. Enumerable.Range(0, expected.Length).Where(i => expected[i] != actual[i])];
            if (OperatingSystem.IsLinux())
                Assert.Equal(2, expected[Assert.Single(changed)] ^ actual[changed[0]]);
            else
                Assert.Empty(changed);
        }
    }

    [Fact]
    public async Task Publish_Again_WritesNothing()
    {
        string weakened = LibTorchSharp(packed.ConsumerOutput), program = Path.Combine(packed.ConsumerOutput, "Consumer.dll");
        DateTime library = File.GetLastWriteTimeUtc(weakened), compiled = File.GetLastWriteTimeUtc(program);
        Ended again = await packed.PublishConsumerAsync();
        Assert.True(again.ExitCode == 0, again.Everything);
        Assert.Equal(library, File.GetLastWriteTimeUtc(weakened));
        Assert.Equal(compiled, File.GetLastWriteTimeUtc(program));
    }

    private static string LibTorchSharp(string folder)
    {
        string name = OperatingSystem.IsWindows() ? "LibTorchSharp.dll" : OperatingSystem.IsMacOS() ? "libLibTorchSharp.dylib" : "libLibTorchSharp.so";
        string architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        return Directory.GetFiles(folder, name, SearchOption.AllDirectories)
            .Single(file => !OperatingSystem.IsWindows() || file.Contains("win-" + architecture, StringComparison.Ordinal));
    }
}
