using System.Diagnostics;

namespace RobustWrn.Core.Tests;

/// <summary>Names without content, as weights: opening a pipe would wait for ever for somebody who writes to it.</summary>
public sealed class PipeAsWeightsTests : IDisposable
{
    private readonly string _folder = TestFolder.Make();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory(Timeout = 20_000)]
    [InlineData("pipe.safetensors", false)]
    [InlineData("pipe.pth", false)]
    [InlineData("pipe.safetensors", true)]
    public async Task Open_Pipe_IsRefusedAtOnce(string name, bool linked)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there are no such pipes on Windows");
        string path = Path.Combine(_folder, name);
        using (Process made = Process.Start("mkfifo", [path]))
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        if (linked)
            path = File.CreateSymbolicLink(Path.Combine(_folder, "link.safetensors"), path).FullName;

        // On a thread of its own, so that the time limit ends the test where it would wait.
        WeightsFileException refusal = await Assert.ThrowsAsync<WeightsFileException>(() => Task.Run(() => WeightsFile.Open(path).Dispose()));

        Assert.Equal($"{path} must hold weights, but is empty, or no file but a pipe or a device.", refusal.Message);
    }

    [Theory]
    [InlineData("/dev/zero")]
    [InlineData("/dev/null")]
    public void Open_Device_IsRefused(string device)
    {
        Assert.SkipUnless(File.Exists(device), "there is no such device");
        Assert.Contains("a device", Assert.Throws<WeightsFileException>(() => WeightsFile.Open(device)).Message, StringComparison.Ordinal);
    }
}
