namespace RobustWrn.Packaging.Tests;

/// <summary>A program that asks to be trimmed, or compiled ahead of time, is told that it must not be.</summary>
[Trait("Category", "Slow")]
public sealed class TrimmingTests
{
    [Theory]
    [InlineData("-p:PublishTrimmed=true", true)]
    [InlineData("-p:PublishAot=true", true)]
    [InlineData("-p:PublishTrimmed=false", false)]
    public async Task Build_ProgramThatAsksToBeTrimmed_IsWarned(string property, bool warned)
    {
        string project = Path.Combine(Repository.Root, "samples", "AttackAnyModel", "AttackAnyModel.csproj");
        Ended run = await ChildProcess.DotnetAsync(
            Repository.Root, ["msbuild", project, "-t:_RobustWrnSaysThatItCannotBeTrimmed", property, "-nodeReuse:false", "-nologo"]);

        Assert.Equal(warned, run.Everything.Contains("RWRN0001", StringComparison.Ordinal));
    }
}
