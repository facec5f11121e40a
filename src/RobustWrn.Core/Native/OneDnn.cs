using System.Globalization;
using System.Runtime.InteropServices;

namespace RobustWrn.Core;

/// <summary>
/// oneDNN, with which libtorch computes float32 convolutions on a CPU. On some virtual processors its kernels for channels that do not
/// fill whole vector registers take numbers into the
/// sums that are no part of the images: results are wrong by half or NaN, and nobody says so. So a few convolutions are looked at once a
/// process, and where they are wrong libtorch
/// goes on without oneDNN, slower and right.
/// </summary>
internal static class OneDnn
{
    private const string Rule = "float32 convolutions must be those of float64";

    // As the C++ compilers name at::globalContext() and at::Context::setUserEnabledMkldnn(bool).
    private static (string Context, string Enable) Exports => OperatingSystem.IsWindows()
        ? ("?globalContext@at@@YAAEAVContext@1@XZ", "?setUserEnabledMkldnn@Context@at@@QEAAX_N@Z")
        : ("_ZN2at13globalContextEv", "_ZN2at7Context20setUserEnabledMkldnnEb");

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate nint GlobalContext();

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void Enable(nint context, [MarshalAs(UnmanagedType.I1)] bool on);

    /// <summary>Whether it was found to be wrong, and is not used.</summary>
    public static bool IsOff { get; private set; }

    /// <summary>Looks at convolutions, and switches oneDNN off where they are wrong.</summary>
    /// <exception cref="TorchNativeException">They are wrong, and cannot be made right from here.</exception>
    public static void SwitchOffIfWrong()
    {
        double error = ConvolutionCheck.LargestError();
        if (error <= ConvolutionCheck.Tolerance)
            return;
        IsOff = TrySwitch(on: false);
        double without = IsOff ? ConvolutionCheck.LargestError() : error;
        if (!(without <= ConvolutionCheck.Tolerance))
        {
            throw new TorchNativeException(
                Rule,
                string.Create(CultureInfo.InvariantCulture, $"libtorch's are off by {without:g2} of their values on this processor"),
                "Start the process with ONEDNN_MAX_CPU_ISA=SSE41 in its environment, which keeps oneDNN from the kernels that are wrong here.");
        }
    }

    /// <summary>Lets libtorch use oneDNN or not, from now on.</summary>
    /// <returns>Whether libtorch has the switch.</returns>
    internal static bool TrySwitch(bool on)
    {
        if (TorchRuntimeDescription.LoadedFile("torch_cpu") is not { } file || !NativeLibrary.TryLoad(file, out nint library)
            || !NativeLibrary.TryGetExport(library, Exports.Context, out nint context) || !NativeLibrary.TryGetExport(library, Exports.Enable, out nint enable))
        {
            return false;
        }
        Marshal.GetDelegateForFunctionPointer<Enable>(enable)(Marshal.GetDelegateForFunctionPointer<GlobalContext>(context)(), on);
        return true;
    }
}
