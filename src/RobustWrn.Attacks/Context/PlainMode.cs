using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>Sets the training flag of a module as <see cref="nn.Module"/> itself does, past an override that refuses or keeps a mode of its own.</summary>
internal static class PlainMode
{
    // The base method's own body: a delegate made of its address calls no override.
    private static readonly nint Train = typeof(nn.Module).GetMethod(nameof(nn.Module.train), [typeof(bool)])!.MethodHandle.GetFunctionPointer();

    public static void Set(nn.Module module, bool training) => ((Action<bool>)Activator.CreateInstance(typeof(Action<bool>), module, Train)!)(training);
}
