namespace RobustWrn;

/// <summary>The workers of an experiment ended again and again without having done anything; the message has the end of their log.</summary>
public sealed class WorkersFailedException : Exception
{
    /// <summary>Creates the exception.</summary>
    public WorkersFailedException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What happened.</param>
    public WorkersFailedException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What happened.</param>
    /// <param name="innerException">What it came from.</param>
    public WorkersFailedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
