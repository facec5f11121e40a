namespace RobustWrn.Core.Tests;

/// <summary>Convolutions of libtorch as this process computes them: all float32 results stand on them.</summary>
public class ConvolutionCheckTests
{
    public static TheoryData<int, int, int, int> Shapes() => new(
        from channels in (int[])[1, 3, 4, 6, 8, 10, 12, 16, 20, 24, 40, 48]
        from outputs in (int[])[5, 6, 8, 16, 24]
        from kernel in (int[])[1, 3]
        from stride in (int[])[1, 2]
        select (channels, outputs, kernel, stride));

    /// <summary>Where it fails, oneDNN is wrong in a way that the look at the start of the process does not see.</summary>
    [Theory]
    [MemberData(nameof(Shapes))]
    public void Error_AnyChannels_IsRounding(int channels, int outputs, int kernel, int stride) =>
        Assert.InRange(ConvolutionCheck.Error(channels, outputs, kernel, stride), 0, 1e-5);

    [Fact]
    public void LargestError_ThisProcess_IsRounding() => Assert.InRange(ConvolutionCheck.LargestError(), 0, 1e-5);

    /// <summary>The look at the start tells right from wrong: it found nothing with oneDNN on, or switched it off.</summary>
    [Fact]
    public void SwitchOffIfWrong_OnThisProcessor_IsToldByTheDescription() =>
        Assert.Equal(OneDnn.IsOff, TorchRuntime.Describe().CpuCapability.EndsWith(" without oneDNN", StringComparison.Ordinal));

    [Fact]
    public void TrySwitch_ThisLibtorch_HasTheSwitch() => Assert.True(OneDnn.TrySwitch(on: !OneDnn.IsOff));
}
