namespace RobustWrn.Samples.Tests;

/// <summary>The environment that libtorch's threads see, as their own library shows it when it is loaded.</summary>
[Trait("Category", "Slow")]
public sealed class WaitPolicyTests
{
    [Theory]
    [InlineData(null, "PASSIVE")]
    [InlineData("", "PASSIVE")]
    [InlineData("active", "ACTIVE")]
    public void Sample_WaitPolicy_IsPassiveUnlessTheUserSaysOtherwise(string? set, string seen)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "OpenMP is another one elsewhere, and shows other names");
        using SampleProcess process = SampleProcess.Start("AttackAnyModel", [("OMP_WAIT_POLICY", set), ("OMP_DISPLAY_ENV", "true")]);

        process.WaitFor("OMP_WAIT_POLICY = ");
        process.WaitFor("epoch 1");

        Assert.Contains($"OMP_WAIT_POLICY = '{seen}'", process.Error, StringComparison.Ordinal);
    }

    /// <summary>Some processors are unknown to NNPACK, and libtorch said so with each convolution.</summary>
    [Fact]
    public void Sample_ErrorStream_HasNoWarningsOfLibtorch()
    {
        using SampleProcess process = SampleProcess.Start("AttackAnyModel", [("TORCH_CPP_LOG_LEVEL", null)]);

        process.WaitFor("after FGSM");

        Assert.Empty(process.Error);
    }
}
