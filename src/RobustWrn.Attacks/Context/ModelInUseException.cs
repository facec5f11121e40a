using System.Globalization;

namespace RobustWrn.Attacks;

/// <summary>
/// Another thread attacks or trains the model, or one that shares modules, parameters or buffers with it. Its mode, gradient flags and buffers are set for that whole time,
/// so that a second thread would meet another model and leave this one frozen.
/// </summary>
public sealed class ModelInUseException : InvalidOperationException
{
    internal ModelInUseException(string model, string shared, string purpose, Thread owner)
        : base(string.Create(CultureInfo.InvariantCulture,
            $"{model} must be used by one thread at a time, got a second one while {Text(owner)} {purpose} {(shared == model ? "it" : $"a model that shares {shared} with it")}. ")
            + "Its mode, gradient flags and buffers are set meanwhile. Let the threads take turns, dispose every AttackedModel, or give each thread a network of its own with the same weights.") =>
        Model = model;

    /// <summary>The name of the model that was refused.</summary>
    public string Model { get; }

    private static string Text(Thread thread) => string.Create(CultureInfo.InvariantCulture, $"thread {thread.ManagedThreadId}{(thread.Name is { Length: > 0 } name ? $" ({name})" : "")}");
}
