using System.IO.Compression;
using System.Xml.Linq;

namespace RobustWrn.Packaging.Tests;

public sealed class PackageContentTests(PackedLibraries packed)
{
    public static TheoryData<string> Libraries => [.. Repository.Libraries];

    [Fact]
    public void Pack_AllProjects_OnePackageAndOneSymbolPackageForEachLibrary()
    {
        IEnumerable<string> expected = Repository.Libraries.SelectMany(library => new[] { $"{library}.{packed.Version}.nupkg", $"{library}.{packed.Version}.snupkg" });
        Assert.Equal(expected.Order(StringComparer.Ordinal), Directory.GetFiles(packed.Packages).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public void Pack_Library_HoldsAssemblyDocumentationReadmeAndLicenceAndNothingElse(string library)
    {
        string[] expected =
        [
            "LICENSE", "README.md", $"lib/net10.0/{library}.dll", $"lib/net10.0/{library}.xml",
            .. library == "RobustWrn.Core" ? ["buildTransitive/RobustWrn.Core.targets"] : Array.Empty<string>(),
        ];
        using ZipArchive package = Open(library, "nupkg");
        IEnumerable<string> content = package.Entries.Select(entry => entry.FullName)
            .Where(name => !name.StartsWith("_rels/", StringComparison.Ordinal) && !name.StartsWith("package/", StringComparison.Ordinal)
                && name != "[Content_Types].xml" && name != $"{library}.nuspec");
        Assert.Equal(expected.Order(StringComparer.Ordinal), content.Order(StringComparer.Ordinal));

        using ZipArchive symbols = Open(library, "snupkg");
        Assert.Contains(symbols.Entries, entry => entry.FullName == $"lib/net10.0/{library}.pdb");
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public void Pack_Library_DependsOnNoNativeLibraryAndOnItsSiblingsInTheSameVersion(string library)
    {
        XElement metadata = Metadata(library);
        XElement[] dependencies = [.. metadata.Descendants(metadata.Name.Namespace + "dependency")];
        Assert.DoesNotContain(dependencies, dependency => IsNative((string)dependency.Attribute("id")!));
        Assert.All(
            dependencies.Where(dependency => ((string)dependency.Attribute("id")!).StartsWith("RobustWrn", StringComparison.Ordinal)),
            dependency => Assert.Equal(packed.Version, (string?)dependency.Attribute("version")));
        Assert.Equal("MIT", (string?)metadata.Element(metadata.Name.Namespace + "license"));
        Assert.Equal("README.md", (string?)metadata.Element(metadata.Name.Namespace + "readme"));
    }

    private static bool IsNative(string package) =>
        package.StartsWith("libtorch", StringComparison.OrdinalIgnoreCase) || package.StartsWith("TorchSharp-", StringComparison.OrdinalIgnoreCase);

    private XElement Metadata(string library)
    {
        using ZipArchive package = Open(library, "nupkg");
        using Stream nuspec = package.GetEntry($"{library}.nuspec")!.Open();
        XElement root = XDocument.Load(nuspec).Root!;
        return root.Element(root.Name.Namespace + "metadata")!;
    }

    private ZipArchive Open(string library, string extension) => ZipFile.OpenRead(Path.Combine(packed.Packages, $"{library}.{packed.Version}.{extension}"));
}
