namespace RobustWrn.Attacks.Tests;

/// <summary>What a long attack leaves in memory. That it leaves no tensor is a clause of the contract of attacks; here the operating system is asked.</summary>
[Trait("Category", "Slow")]
public class ThousandStepsTests
{
    [Fact]
    public async Task Perturb_AThousandStepsAfterWarmingUp_LeavesResidentMemoryFlatWithin5Percent()
    {
        foreach ((string attack, long before, long most, int standing) in await MemoryProcess.RunAsync("pgd", "apgd", "fab-t", "square"))
        {
            Assert.True(most <= 1.05 * before, $"{attack}: {before:N0} bytes before, {most:N0} at the most");
            Assert.InRange(standing, 12, 16); // whoever falls takes no further steps
        }
    }

    [Fact]
    public async Task Perturb_AttackThatKeepsItsImages_IsSeenInResidentMemory()
    {
        (_, long before, long most, _) = Assert.Single(await MemoryProcess.RunAsync("keeper"));
        Assert.True(most > 1.1 * before, $"{before:N0} bytes before, {most:N0} at the most");
    }
}
