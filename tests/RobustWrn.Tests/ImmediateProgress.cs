namespace RobustWrn.Tests;

/// <summary>Progress handed on at once on the reporting thread.</summary>
internal sealed class ImmediateProgress<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
