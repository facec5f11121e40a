namespace RobustWrn.Training;

/// <summary>A checkpoint folder belongs to another run, or was written by another version of this library.</summary>
public sealed class CheckpointRefusedException : InvalidOperationException
{
    internal CheckpointRefusedException(string message, IReadOnlyList<string>? differences = null)
        : base(message) => Differences = differences ?? [];

    /// <summary>
    /// The differences from the run that wrote the checkpoint, one line each; empty where it was written by another version.
    /// </summary>
    public IReadOnlyList<string> Differences { get; }
}
