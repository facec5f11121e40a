using System.Text.RegularExpressions;
using RobustWrn.Core;

namespace RobustWrn.Architecture.Tests;

/// <summary>A norm is a folder: adding one touches no other source, and no other source asks which norm it has before it.</summary>
public sealed class NormTests
{
    private const string Room = "src/RobustWrn.Core/Threat/";

    // The factories that users write: ThreatModel.Linf(8, outOf: 255).
    private const string Factories = Room + "ThreatModel.cs";

    private static IReadOnlyList<Type> Norms { get; } =
    [
        .. Libraries.AllTypes().Where(type => !type.IsAbstract && typeof(ThreatModel).IsAssignableFrom(type))
            .OrderBy(type => type.Name, StringComparer.Ordinal),
    ];

    [Fact]
    public void Norms_OfTheLibrary_AreFound() => Assert.Equal([typeof(L1Threat), typeof(L2Threat), typeof(LinfThreat)], Norms);

    [Fact]
    public void Norm_ItsFolder_IsItsOwn() =>
        Assert.Equal(Norms.Count,
            Norms.Select(FolderOf).Where(folder => folder.StartsWith(Room, StringComparison.Ordinal) && folder != Room).Distinct().Count());

    [Fact]
    public void LibraryFiles_OutsideANormsFolder_MentionNoneOfItsTypes()
    {
        string[] sources = [.. SourceTree.SourceFiles("src")];
        IEnumerable<string> offenders = Norms.SelectMany(norm =>
        {
            string folder = FolderOf(norm);
            string[] types = [.. sources.Where(file => file.StartsWith(folder, StringComparison.Ordinal))
                .Select(file => Path.GetFileNameWithoutExtension(file))];
            Regex mention = new($@"\b({string.Join('|', types)})\b");
            return sources.Where(file => !file.StartsWith(folder, StringComparison.Ordinal)).SelectMany(file => SourceTree.Lines(file)
                .SelectMany((line, i) => mention.Matches(line).Where(match => file != Factories || match.Value != norm.Name)
                    .Select(match => $"{file}:{i + 1} mentions {match.Value}: ask the threat model for a part of its norm (NormParts)")));
        });
        Libraries.AssertNone(offenders);
    }

    private static string FolderOf(Type norm) =>
        SourceTree.SourceFiles("src").Single(file => file.EndsWith($"/{norm.Name}.cs", StringComparison.Ordinal))
            [..^$"{norm.Name}.cs".Length];
}
