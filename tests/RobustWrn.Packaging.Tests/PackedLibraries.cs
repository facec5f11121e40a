using System.Globalization;
using System.Xml.Linq;
using RobustWrn.Packaging.Tests;

[assembly: AssemblyFixture(typeof(PackedLibraries))]

namespace RobustWrn.Packaging.Tests;

/// <summary>
/// All packages, packed once under a version of their own, and a user's program that is built and published against them outside the repository.
/// The user's package folder serves as a read-only fallback, so that libtorch is not fetched again and nothing of the test stays behind.
/// </summary>
public sealed class PackedLibraries : IAsyncLifetime
{
    private const string TargetFramework = "net10.0";

    public string Version { get; } = $"0.0.0-test.{Guid.NewGuid():n}";

    public string Folder { get; } = TestFolder.Make();

    public string Packages => Path.Combine(Folder, "packages");

    public string Consumer => Path.Combine(Folder, "consumer");

    public string ConsumerOutput => Path.Combine(Consumer, "bin", "Release", TargetFramework);

    public string ConsumerPublished => Path.Combine(Folder, "published");

    internal Ended Publishing { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Packages);
        await PackAsync();
        Directory.CreateDirectory(Consumer);
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Consumer", "Program.cs"), Path.Combine(Consumer, "Program.cs"));
        WriteConsumerProject().Save(Path.Combine(Consumer, "Consumer.csproj"));
        WriteNuGetConfig().Save(Path.Combine(Consumer, "nuget.config"));
        Publishing = await PublishConsumerAsync();
        Assert.True(Publishing.ExitCode == 0, Publishing.Everything);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    internal Task<Ended> PublishConsumerAsync() =>
        ChildProcess.DotnetAsync(Consumer, ["publish", "-c", "Release", "-o", ConsumerPublished, "-nodeReuse:false"]);

    // One MSBuild for all: what dotnet pack --no-build does for each.
    private async Task PackAsync()
    {
        string properties = string.Create(CultureInfo.InvariantCulture,
            $"NoBuild=true;Configuration={Repository.Configuration};PackageVersion={Version};PackageOutputPath={Packages};NuspecOutputPath={Path.Combine(Folder, "nuspec")}");
        string project = Path.Combine(Folder, "pack.proj");
        new XDocument(new XElement("Project",
            new XElement("Target", new XAttribute("Name", "Pack"),
                new XElement("MSBuild",
                    new XAttribute("Projects", string.Join(';', Repository.Libraries.Select(Repository.ProjectOf))),
                    new XAttribute("Targets", "Pack"),
                    new XAttribute("Properties", properties))))).Save(project);
        Ended packing = await ChildProcess.DotnetAsync(Folder, ["msbuild", project, "-t:Pack", "-nodeReuse:false", "-v:quiet", "-nologo"]);
        Assert.True(packing.ExitCode == 0, packing.Everything);
    }

    private XDocument WriteConsumerProject()
    {
        string? native = Repository.TorchBackend switch
        {
            "cpu" => $"libtorch-cpu-{Repository.TorchCpuRuntime}",
            "none" => null,
            _ => $"TorchSharp-{Repository.TorchBackend}",
        };
        return new XDocument(new XElement("Project", new XAttribute("Sdk", "Microsoft.NET.Sdk"),
            new XElement("PropertyGroup",
                new XElement("OutputType", "Exe"),
                new XElement("TargetFramework", TargetFramework),
                new XElement("ImplicitUsings", "enable"),
                new XElement("Nullable", "enable"),
                new XElement("TreatWarningsAsErrors", "true"),
                LinksInsteadOfCopies()),
            new XElement("ItemGroup",
                Reference("RobustWrn", Version),
                native is null ? null : Reference(native, native.StartsWith("libtorch", StringComparison.Ordinal) ? "2.10.0" : "0.107.0"))));
    }

    private XDocument WriteNuGetConfig() =>
        new(new XElement("configuration",
            new XElement("packageSources", new XElement("clear"), Add("packed", Packages)),
            new XElement("config", Add("globalPackagesFolder", Path.Combine(Folder, "cache"))),
            new XElement("fallbackPackageFolders", Add("user", Repository.PackageFolder))));

    // libtorch is about 490 MB. Hard links where the temporary folder is on the disk of the package folder, symbolic ones where it is not.
    private static IEnumerable<XElement> LinksInsteadOfCopies() =>
        from kind in new[] { "Hard", "Symbolic" }
        from step in new[] { "CopyFilesToOutputDirectory", "CopyLocal", "PublishFiles" }
        select new XElement($"Create{kind}LinksFor{step}IfPossible", "true");

    private static XElement Reference(string id, string version) =>
        new("PackageReference", new XAttribute("Include", id), new XAttribute("Version", version));

    private static XElement Add(string key, string value) => new("add", new XAttribute("key", key), new XAttribute("value", value));
}
