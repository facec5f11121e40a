using System.Runtime.CompilerServices;
using RobustWrn.Core;
using TorchSharp;

namespace RobustWrn.Testing;

/// <summary>One torch thread per test process: several assemblies run at once, and results do not depend on the machine's core count.</summary>
internal static class TorchThreads
{
    [ModuleInitializer]
    internal static void UseOne()
    {
        TorchRuntime.EnsureLoaded();
        torch.set_num_threads(1);
    }
}
