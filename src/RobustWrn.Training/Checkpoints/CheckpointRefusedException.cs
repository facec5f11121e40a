namespace RobustWrn.Training;

/// <summary>A checkpoint folder belongs to another run, or was written by another version of this library.</summary>
public sealed class CheckpointRefusedException : InvalidOperationException
{
    internal CheckpointRefusedException(string message)
        : base(message)
    {
    }
}
