namespace RobustWrn.Search;

/// <summary>
/// An attempt no longer holds its trial, which another worker has or had after it: what it found is not taken. No fault of the program; it
/// goes on with the next trial.
/// </summary>
public sealed class TrialLostException : InvalidOperationException
{
    internal TrialLostException(string message)
        : base(message)
    {
    }
}
