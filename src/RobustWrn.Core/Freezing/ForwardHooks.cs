using System.Collections;
using System.Reflection;
using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>Whether somebody looks on while a network computes: then no view may stand in for it. TorchSharp does not tell, so its fields are read.</summary>
internal static class ForwardHooks
{
    private static readonly string[] Fields = ["pre_hooks", "post_hooks"];

    public static bool Any(nn.Module network) => network.named_modules().Select(named => named.module).Prepend(network).Any(HasOwn);

    private static bool HasOwn(nn.Module module)
    {
        for (Type? type = module.GetType(); type is not null; type = type.BaseType)
        {
            foreach (string name in Fields)
            {
                if (type.GetField(name, BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)?.GetValue(module) is ICollection { Count: > 0 })
                    return true;
            }
        }
        return false;
    }
}
