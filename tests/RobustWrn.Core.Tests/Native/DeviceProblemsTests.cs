using static TorchSharp.torch;

namespace RobustWrn.Core.Tests;

/// <summary>
/// A device that is not here is refused by name, with what to do, before anything is put there. These hold on machines with and without a
/// GPU.
/// </summary>
public class DeviceProblemsTests
{
    public static TheoryData<string> Missing() =>
        cuda.is_available() ? [$"cuda:{cuda.device_count()}", "cuda:1000"] : ["cuda:0", "cuda:7", "cuda"];

    [Fact]
    public void DeviceProblems_CpuOrNone_HasNone()
    {
        Assert.Empty(TorchRuntime.DeviceProblems(null));
        Assert.Empty(TorchRuntime.DeviceProblems(CPU));
        Assert.Empty(TorchRuntime.DeviceProblems(new Device("cpu:0")));
    }

    [Theory]
    [MemberData(nameof(Missing))]
    public void DeviceProblems_CudaDeviceThatIsNotHere_SaysWhichAreAndWhatToDo(string device)
    {
        Problem problem = Assert.Single(TorchRuntime.DeviceProblems(new Device(device), "Options.Device"));

        Assert.Equal("Options.Device", problem.Subject);
        Assert.Contains(device, problem.Message);
        Assert.Contains(cuda.is_available() ? "cuda:0" : "TorchSharp-cuda", problem.Message);
        Assert.DoesNotContain("   at ", problem.Message);
    }

    [Theory]
    [InlineData("mps")]
    [InlineData("meta")]
    public void DeviceProblems_OtherDevices_AreRefused(string device)
    {
        Assert.SkipWhen(device == "mps" && mps_is_available(), "this machine has such a GPU");
        Assert.Contains("leave", Assert.Single(TorchRuntime.DeviceProblems(new Device(device))).Message);
    }

    [Theory]
    [MemberData(nameof(Missing))]
    public void Build_DeviceThatIsNotHere_IsRefusedBeforeAnythingIsBuilt(string device)
    {
        InvalidDescriptionException refused = Assert.Throws<InvalidDescriptionException>(() =>
            WideResNetSpec.Wrn(10, 1).Build(seed: 0, new Device(device)));
        Assert.Contains(device, refused.Message);
    }

    [Theory]
    [MemberData(nameof(Missing))]
    public void Open_DeviceThatIsNotHere_IsRefusedBeforeTheFileIsRead(string device) =>
        Assert.Throws<InvalidDescriptionException>(() => NetworkWeights.Open("no such file", new Device(device)));

    [Theory]
    [MemberData(nameof(Missing))]
    public void Read_ImagesOnADeviceThatIsNotHere_IsRefused(string device)
    {
        using DatasetSplits images = new SyntheticImages().Make(train: 10, holdOut: 10, test: 10, seed: 0);
        Assert.Throws<InvalidDescriptionException>(() => images.Training.Train.Read([0], new Device(device)));
    }
}
