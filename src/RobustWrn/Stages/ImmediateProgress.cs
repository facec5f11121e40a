namespace RobustWrn;

/// <summary>Progress handed on at once on the reporting thread (<see cref="Progress{T}"/> posts it elsewhere).</summary>
internal sealed class ImmediateProgress<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
