using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using TorchSharp;

namespace RobustWrn.Core;

/// <summary>What numbers are computed with: everything that bit-exact repetition on a CPU depends on, and the devices.</summary>
public sealed record TorchRuntimeDescription
{
    /// <summary>The version of RobustWrn.</summary>
    public required string RobustWrnVersion { get; init; }

    /// <summary>The version of TorchSharp.</summary>
    public required string TorchSharpVersion { get; init; }

    /// <summary>The libtorch version that this TorchSharp is made for.</summary>
    public required string LibTorchVersion { get; init; }

    /// <summary>The libtorch file that is loaded in this process; null where the operating system does not tell.</summary>
    public required string? LibTorchFile { get; init; }

    /// <summary>Whether libtorch can compute on a CUDA device.</summary>
    public required bool CudaIsAvailable { get; init; }

    /// <summary>How many CUDA devices libtorch sees.</summary>
    public required int CudaDevices { get; init; }

    /// <summary>How many threads one CPU operation uses.</summary>
    public required int Threads { get; init; }

    /// <summary>
    /// The widest instruction set that libtorch's CPU kernels can choose here: AVX-512, AVX2, NEON or baseline, or what
    /// ATEN_CPU_CAPABILITY asks for; and whether oneDNN is off, as its
    /// convolutions were found to be wrong on this processor.
    /// </summary>
    public required string CpuCapability { get; init; }

    /// <summary>Operating system and processor architecture.</summary>
    public required string OperatingSystem { get; init; }

    /// <summary>The .NET runtime.</summary>
    public required string Framework { get; init; }

    /// <summary>One fact a line.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        RobustWrn   {RobustWrnVersion}
        TorchSharp  {TorchSharpVersion}
        libtorch    {LibTorchVersion} from {LibTorchFile ?? "an unknown place"}
        CUDA        {(CudaIsAvailable ? $"{CudaDevices} {(CudaDevices == 1 ? "device" : "devices")}" : "not available")}
        CPU         {Threads} {(Threads == 1 ? "thread" : "threads")}, {CpuCapability}
        system      {OperatingSystem}, {Framework}
        """);

    internal static TorchRuntimeDescription OfThisProcess()
    {
        bool cuda = torch.cuda.is_available();
        return new TorchRuntimeDescription
        {
            RobustWrnVersion = VersionOf(typeof(TorchRuntime).Assembly),
            TorchSharpVersion = VersionOf(typeof(torch).Assembly),
            LibTorchVersion = torch.__version__,
            LibTorchFile = LoadedFile("torch_cpu"),
            CudaIsAvailable = cuda,
            CudaDevices = cuda ? torch.cuda.device_count() : 0,
            Threads = torch.get_num_threads(),
            CpuCapability = OneDnn.IsOff ? $"{Capability()} without oneDNN" : Capability(),
            OperatingSystem = $"{RuntimeInformation.OSDescription} ({RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()})",
            Framework = RuntimeInformation.FrameworkDescription,
        };
    }

    internal static string? LibTorchFileOfThisProcess() => LoadedFile("torch_cpu");

    private static string VersionOf(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? assembly.GetName().Version!.ToString();

    internal static string? LoadedFile(string library)
    {
        using var process = Process.GetCurrentProcess();
        return process.Modules.Cast<ProcessModule>()
            .Select(module => module.FileName)
            .FirstOrDefault(file => Path.GetFileNameWithoutExtension(file) is { } name && (name == library || name == "lib" + library));
    }

    private static string Capability() =>
        Environment.GetEnvironmentVariable("ATEN_CPU_CAPABILITY") is { Length: > 0 } asked ? asked
        : Avx512F.IsSupported && Avx512BW.IsSupported && Avx512DQ.IsSupported && Avx512F.VL.IsSupported ? "AVX-512"
        : Avx2.IsSupported && Fma.IsSupported ? "AVX2"
        : AdvSimd.IsSupported ? "NEON"
        : "baseline";
}
