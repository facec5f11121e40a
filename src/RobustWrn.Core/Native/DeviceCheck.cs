using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>Says whether this process can compute on a device, before anything is put there.</summary>
internal static class DeviceCheck
{
    private static readonly Lazy<int> CudaDevices = new(() => cuda.is_available() ? cuda.device_count() : 0);

    public static IEnumerable<Problem> Problems(Device? device, string name)
    {
        if (device is null)
            return [];
        return device.type switch
        {
            // libtorch has one CPU.
            DeviceType.CPU => Rule.Holds(device.index <= 0, name,
                $"must be a device that is here, got {device}. The CPU is one device: write torch.CPU, or leave it out."),
            DeviceType.CUDA => OfCuda(device, name),
            DeviceType.MPS => OfMps(device, name),
            _ => [new Problem(name, $"must be the CPU, a CUDA device or MPS, got {device}. Write torch.CPU, or leave it out.")],
        };
    }

    private static IEnumerable<Problem> OfCuda(Device device, string name)
    {
        TorchRuntime.EnsureLoaded();
        if (CudaDevices.Value == 0)
        {
            string file = TorchRuntimeDescription.LibTorchFileOfThisProcess() is { } path ? $" (loaded from {path})" : "";
            return [new Problem(name, $"must be a device that is here, got {device}, but libtorch{file} sees no CUDA device. "
                + "Give the program a libtorch with CUDA (TorchSharp-cuda-windows or -linux in place of libtorch-cpu-<rid>, or "
                + $"{TorchRuntime.LibraryFolderVariable} with an installed PyTorch), "
                + "see with nvidia-smi whether the driver finds the GPU, or leave the device out for the CPU.")];
        }
        int last = CudaDevices.Value - 1;
        return Rule.Holds(device.index <= last, name,
            (last == 0 ? "must be cuda:0, the only CUDA device here" : $"must be one of the CUDA devices here, cuda:0 to cuda:{last}")
                + $", got {device}. "
            + $"Write new Device(\"cuda\", {last}), set CUDA_VISIBLE_DEVICES so that the program sees more, or leave the device out for the CPU.");
    }

    private static IEnumerable<Problem> OfMps(Device device, string name)
    {
        TorchRuntime.EnsureLoaded();
        return Rule.Holds(mps_is_available(), name, $"must be a device that is here, got {device}, but libtorch sees no GPU of Apple's. "
            + "It needs macOS on Apple silicon and libtorch-cpu-osx-arm64; else leave the device out for the CPU.");
    }
}
