using Microsoft.Extensions.Logging;

namespace TrainModel;

/// <summary>
/// Warnings of a training, a line each: a damaged checkpoint, another machine than the one before, a setback. And where it goes on, or
/// which
/// weights it starts from.
/// </summary>
public sealed class WarningLines(TextWriter output, TextWriter error) : ILogger
{
    // The names of the library's events.
    private static readonly string[] GoingOn = ["Resumed", "ResumedWithin"];
    private const string Report = "WeightsLoaded";

    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (GoingOn.Contains(eventId.Name))
            output.WriteLine($"Resumed. {formatter(state, exception)}");
        else if (logLevel >= LogLevel.Warning)
            error.WriteLine($"Warning: {formatter(state, exception)}");
        else if (eventId.Name == Report)
            output.WriteLine(formatter(state, exception));
    }
}
