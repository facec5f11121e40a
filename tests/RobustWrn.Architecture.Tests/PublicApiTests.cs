using PublicApiGenerator;

namespace RobustWrn.Architecture.Tests;

public sealed class PublicApiTests
{
    private static readonly ApiGeneratorOptions Options = new() { IncludeAssemblyAttributes = false };

    [Theory]
    [MemberData(nameof(Libraries.Data), MemberType = typeof(Libraries))]
    public void PublicApi_OfAssembly_IsThePinnedOne(string library) =>
        Snapshot.Matches($"PublicApi/{library}.txt", Libraries.Load(library).GeneratePublicApi(Options));

    [Fact]
    public void StoredNames_OfAllDescriptions_AreThePinnedOnes() =>
        Snapshot.Matches("StoredNames.txt", string.Join('\n', RecordTests.StoredNames()));
}
