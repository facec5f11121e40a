using Microsoft.Extensions.Logging;

namespace TrainModel;

/// <summary>What a training warns of, a line each: a damaged checkpoint, another machine than the one before, a setback.</summary>
public sealed class WarningLines(TextWriter error) : ILogger
{
    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
            error.WriteLine($"Warning: {formatter(state, exception)}");
    }
}
