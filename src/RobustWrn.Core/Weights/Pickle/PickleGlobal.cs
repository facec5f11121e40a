namespace RobustWrn.Core;

/// <summary>A function or class by name. It is never looked up, called or constructed.</summary>
internal sealed record PickleGlobal(string Module, string Name)
{
    public override string ToString() => $"{Module}.{Name}";
}
