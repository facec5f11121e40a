using Microsoft.Extensions.Logging;

namespace RobustWrn.Tests;

/// <summary>Keeps what is logged.</summary>
internal sealed class ListLogger : ILogger
{
    private readonly List<string> _lines = [];

    private readonly List<string> _warnings = [];

    public IReadOnlyList<string> Lines => _lines;

    /// <summary>Those of at least the level of a warning.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        _lines.Add(formatter(state, exception));
        if (logLevel >= LogLevel.Warning)
            _warnings.Add(_lines[^1]);
    }
}
