using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>
/// The native library under TorchSharp: which one is loaded, and a clear error when none can be. Call <see cref="EnsureLoaded"/> before
/// the first <c>torch.*</c> of a program; the entry points of this library do so themselves.
/// </summary>
public static class TorchRuntime
{
    /// <summary>
    /// The environment variable that names the <c>lib</c> folder of an installed PyTorch to use instead of a package:
    /// <c>ROBUSTWRN_LIBTORCH</c>.
    /// </summary>
    public const string LibraryFolderVariable = "ROBUSTWRN_LIBTORCH";

    private static readonly Lock Gate = new();
    private static volatile bool _loaded;

    /// <summary>
    /// Loads libtorch, once per process, and looks whether its convolutions are right on this processor; where oneDNN makes them wrong,
    /// it is switched off. Later calls cost one
    /// field read. Thread-safe.
    /// </summary>
    /// <exception cref="TorchNativeException">Nothing could be loaded, or what was computes wrongly; the message says why and what to
    /// do.</exception>
    public static void EnsureLoaded()
    {
        if (_loaded)
            return;
        lock (Gate)
        {
            if (_loaded)
                return;
            if (!Environment.Is64BitProcess)
                throw new TorchNativeException("libtorch must run in a 64-bit process", "this one has 32 bits", "Run the x64 or arm64 build of the program.");
            if (InstalledTorch.FromEnvironment() is { } installed)
                installed.Load();
            // TorchSharp's own order. It must succeed here, before TorchSharp's static constructor, which on failure would search the
            // package cache, copy 490 MB beside the program and hide the loader's error.
            NativeLibrary.TryLoad("torch_cpu", typeof(torch).Assembly, null, out _);
            LoadBinding();
            TorchLog.Quieten();
            OneDnn.SwitchOffIfWrong();
            _loaded = true;
        }
    }

    /// <summary>
    /// Lets libtorch's threads sleep while they wait for each other, where by default they keep their cores busy:
    /// a machine that has other work too is several times faster so. It is the environment variable <c>OMP_WAIT_POLICY</c>,
    /// set to <c>passive</c> for this process unless it is set already.
    /// </summary>
    /// <remarks>
    /// Belongs at the very beginning of a program: OpenMP reads it once, and other threads must not read the environment meanwhile.
    /// </remarks>
    /// <exception cref="InvalidOperationException">libtorch is loaded already, and would not see it.</exception>
    public static void WaitPassively()
    {
        lock (Gate)
        {
            if (_loaded)
                throw new InvalidOperationException("how threads wait must be said before libtorch is loaded, but it is. Call TorchRuntime.WaitPassively first of all, or set OMP_WAIT_POLICY=passive before the program starts.");
            OpenMpWaiting.SetPassive();
        }
    }

    /// <summary>What numbers are computed with here: for logs, results and bug reports. Loads libtorch.</summary>
    /// <exception cref="TorchNativeException">Nothing could be loaded.</exception>
    public static TorchRuntimeDescription Describe()
    {
        EnsureLoaded();
        return TorchRuntimeDescription.OfThisProcess();
    }

    /// <summary>
    /// Whether this process can compute on a device: the one check behind every device that this library is given, made before any work.
    /// Loads libtorch for devices other than the CPU.
    /// </summary>
    /// <param name="device">The device; null, which is the CPU or where the weights are, has no problem.</param>
    /// <param name="name">What has it, as one would write it in code.</param>
    /// <returns>Empty, or the one problem: which devices are here, and what to do.</returns>
    /// <exception cref="TorchNativeException">Nothing could be loaded.</exception>
    public static IEnumerable<Problem> DeviceProblems(Device? device, string name = "device") => DeviceCheck.Problems(device, name);

    private static void LoadBinding()
    {
        try
        {
            NativeLibrary.Load("LibTorchSharp", typeof(torch).Assembly, null);
        }
        catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
        {
            throw TorchNativeException.FromLoader("LibTorchSharp", error);
        }
    }
}
