using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace RobustWrn.Core;

internal static class InstalledTorchPreload
{
    /// <summary>
    /// A program whose first <c>torch.*</c> comes before any call into this library still gets the PyTorch its user named.
    /// </summary>
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "The choice of the native library must come before anything that loads one.")]
    internal static void Preload() => InstalledTorch.FromEnvironment()?.TryLoad();
}
