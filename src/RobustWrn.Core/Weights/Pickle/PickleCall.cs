namespace RobustWrn.Core;

/// <summary>
/// What the pickle would call or construct, kept as it was written: whom, with which arguments, and what was put into it afterwards.
/// </summary>
internal sealed class PickleCall(object? callable, object? arguments)
{
    public object? Callable => callable;

    public object? Arguments => arguments;

    public object? State { get; set; }

    public PickleDict? Items { get; set; }

    public PickleList? Appended { get; set; }

    /// <summary>The arguments, if they are a tuple.</summary>
    public object?[] ArgumentList => arguments is PickleTuple tuple ? tuple.Items : [];
}
