namespace RobustWrn.Core;

/// <summary>The native library under TorchSharp.</summary>
public static class TorchRuntime
{
    /// <summary>Loads libtorch, once.</summary>
    public static void EnsureLoaded()
    {
    }
}
