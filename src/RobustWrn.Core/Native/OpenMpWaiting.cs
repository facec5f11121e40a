using System.Runtime.InteropServices;

namespace RobustWrn.Core;

/// <summary>
/// The setting of OpenMP that says how its threads wait for each other. OpenMP reads it once, when libtorch is loaded, and from the
/// process's own environment, which .NET only has a copy of.
/// </summary>
internal static partial class OpenMpWaiting
{
    private const string Variable = "OMP_WAIT_POLICY", Passive = "passive";

    /// <summary>Sets it, unless the user has.</summary>
    public static void SetPassive()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 })
            return;
        // For the processes that this one starts, and on Windows for OpenMP itself.
        Environment.SetEnvironmentVariable(Variable, Passive);
        if (!OperatingSystem.IsWindows())
            _ = SetEnvironment(Variable, Passive, overwrite: 1);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
