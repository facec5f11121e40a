using System.Globalization;
using System.Runtime.InteropServices;
using TorchSharp;

namespace RobustWrn.Core;

/// <summary>
/// What libtorch itself writes to the error stream. On processors that one of its libraries does not know it repeats with each
/// convolution that it could not initialise NNPACK: some hundred
/// lines in a training of seconds. Errors are thrown and need no such line.
/// </summary>
internal static class TorchLog
{
    /// <summary>The variable by which Python programs choose; libtorch alone does not read it.</summary>
    private const string Variable = "TORCH_CPP_LOG_LEVEL";

    private static readonly string[] Levels = ["INFO", "WARNING", "ERROR", "FATAL"];

    /// <summary>
    /// Lets errors through and nothing less, or what the variable says. Nothing changes where libtorch has no such setting.
    /// </summary>
    public static void Quieten()
    {
        string wanted = Environment.GetEnvironmentVariable(Variable) ?? "";
        int level = Array.FindIndex(Levels, name => name.Equals(wanted, StringComparison.OrdinalIgnoreCase));
        if (level < 0 && !int.TryParse(wanted, NumberStyles.Integer, CultureInfo.InvariantCulture, out level))
            level = Array.IndexOf(Levels, "ERROR");
        if (NativeLibrary.TryLoad("c10", typeof(torch).Assembly, null, out nint c10)
            && NativeLibrary.TryGetExport(c10, "FLAGS_caffe2_log_level", out nint setting))
            Marshal.WriteInt32(setting, level);
    }
}
