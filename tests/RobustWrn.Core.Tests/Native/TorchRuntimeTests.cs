using TorchSharp;

namespace RobustWrn.Core.Tests;

// What happens without libtorch, or with a broken one, needs a process of its own: RobustWrn.Packaging.Tests.
public sealed class TorchRuntimeTests
{
    [Fact]
    public void Describe_ThisProcess_NamesTheLoadedFileAndTheThreads()
    {
        TorchRuntimeDescription description = TorchRuntime.Describe();
        Assert.True(File.Exists(description.LibTorchFile), $"'{description.LibTorchFile}' is not the path of the loaded libtorch");
        Assert.Equal(torch.get_num_threads(), description.Threads);
        Assert.Equal(torch.cuda.is_available(), description.CudaIsAvailable);
        Assert.StartsWith("0.107.0", description.TorchSharpVersion);
        Assert.StartsWith("2.10.0", description.LibTorchVersion);
        Assert.Contains(description.LibTorchFile!, description.ToString());
    }

    [Fact]
    public void EnsureLoaded_ManyThreadsAtOnce_LeavesAWorkingTorch()
    {
        Parallel.For(0, 16, _ => TorchRuntime.EnsureLoaded());
        using torch.Tensor one = torch.ones(1);
        Assert.Equal(1, one.item<float>());
    }
}
