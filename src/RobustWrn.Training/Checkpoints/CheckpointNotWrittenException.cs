namespace RobustWrn.Training;

/// <summary>
/// A checkpoint, or the metrics beside it, could not be written: the disk is full, or the folder must not be written to.
/// The checkpoints before it are intact.
/// </summary>
public sealed class CheckpointNotWrittenException : IOException
{
    internal CheckpointNotWrittenException(string file, string kept, Exception inner)
        : base($"a training must be able to write its checkpoints and metrics, but {file} could not be written: {inner.Message} {kept} Make room or grant access, and run again: the training goes on there.", inner) =>
        File = file;

    /// <summary>The file.</summary>
    public string File { get; }
}
