using System.Text.Json;

namespace RobustWrn.Packaging.Tests;

[Trait("Category", "Slow")]
public sealed class TorchBackendTests
{
    [Theory]
    [InlineData("cpu")]
    [InlineData("cuda-windows")]
    [InlineData("cuda-linux")]
    [InlineData("none")]
    public async Task TorchBackend_Choice_ReferencesThatOneNativePackage(string backend)
    {
        string[] expected = backend switch
        {
            "cpu" => [$"libtorch-cpu-{Repository.TorchCpuRuntime}"],
            "none" => [],
            _ => [$"TorchSharp-{backend}"],
        };
        Assert.Equal(expected, await NativePackagesAsync($"-p:TorchBackend={backend}"));
    }

    [Fact]
    public async Task TorchBackend_InstalledPyTorchNamed_DefaultsToNoPackage() =>
        Assert.Empty(await NativePackagesAsync("-p:ROBUSTWRN_LIBTORCH=somewhere"));

    [Fact]
    public async Task TorchBackend_Misspelt_IsRefusedWithTheChoices()
    {
        Ended run = await ChildProcess.DotnetAsync(Repository.Root, ["msbuild", Project("samples/AttackAnyModel"), "-t:CheckTorchBackend", "-p:TorchBackend=gpu"]);
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("TorchBackend must be cpu, cuda-windows, cuda-linux or none, got 'gpu'.", run.Everything);
    }

    private static string Project(string folder) => Path.Combine(Repository.Root, folder, Path.GetFileName(folder) + ".csproj");

    private static async Task<string[]> NativePackagesAsync(string property)
    {
        Ended run = await ChildProcess.DotnetAsync(
            Repository.Root, ["msbuild", Project("samples/AttackAnyModel"), "-getItem:PackageReference", property, "-nodeReuse:false"]);
        Assert.True(run.ExitCode == 0, run.Everything);
        using JsonDocument json = JsonDocument.Parse(run.Output);
        return
        [
            .. json.RootElement.GetProperty("Items").GetProperty("PackageReference").EnumerateArray()
                .Select(item => item.GetProperty("Identity").GetString()!)
                .Where(id => id.StartsWith("libtorch", StringComparison.Ordinal) || id.StartsWith("TorchSharp-", StringComparison.Ordinal)),
        ];
    }
}
