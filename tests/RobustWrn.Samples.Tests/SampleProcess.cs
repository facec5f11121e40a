using System.Diagnostics;
using System.Text;

namespace RobustWrn.Samples.Tests;

/// <summary>A sample as a process of its own, whose lines are read as they come.</summary>
internal sealed class SampleProcess : IDisposable
{
    /// <summary>The program of util-linux that runs another one in a terminal.</summary>
    public const string TerminalMaker = "/usr/bin/script";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly Process _process;
    private readonly StringBuilder _output = new(), _error = new();
    private readonly Lock _gate = new();
    private readonly ManualResetEventSlim _more = new();
    private readonly ManualResetEventSlim _outputEnded = new(), _errorEnded = new();

    private SampleProcess(Process process)
    {
        _process = process;
        // On threads of their own: a busy thread pool would come too late.
        Read(process.StandardOutput, _output, _outputEnded);
        Read(process.StandardError, _error, _errorEnded);
    }

    public string Output => Text(_output);

    public string Error => Text(_error);

    /// <summary>Starts a sample.</summary>
    /// <param name="sample">Its name.</param>
    /// <param name="arguments">Its arguments.</param>
    public static SampleProcess Start(string sample, params string[] arguments) => Start(sample, [], arguments);

    /// <summary>Starts a sample with variables in its environment; null takes one out of it.</summary>
    public static SampleProcess Start(string sample, (string Name, string? Value)[] environment, params string[] arguments)
    {
        string[] command = ["dotnet", Path.Combine(AppContext.BaseDirectory, $"{sample}.dll"), .. arguments];
        // A shell that starts something in the background has it ignore Ctrl-C, and so would do what is started here.
        if (OperatingSystem.IsLinux())
            command = ["env", "--default-signal=INT", .. command];
        ProcessStartInfo start = new(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment["OMP_NUM_THREADS"] = "1";
        start.Environment["OMP_WAIT_POLICY"] = "passive"; // or the sample starts itself once more, to say so: see WaitPolicyTests
        foreach ((string name, string? value) in environment)
        {
            start.Environment.Remove(name);
            if (value is not null)
                start.Environment[name] = value;
        }
        return new SampleProcess(Process.Start(start)!);
    }

    /// <summary>Starts a sample in a terminal of its own, whose output is all that it writes.</summary>
    public static SampleProcess StartInTerminal(string sample, params string[] arguments)
    {
        string[] command = ["env", "--default-signal=INT", "dotnet", Path.Combine(AppContext.BaseDirectory, $"{sample}.dll"), .. arguments];
        ProcessStartInfo start = new(TerminalMaker, ["--quiet", "--return", "--flush", "--command",
            string.Join(' ', command.Select(part => $"'{part}'")), "/dev/null"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment["OMP_NUM_THREADS"] = "1";
        start.Environment["OMP_WAIT_POLICY"] = "passive";
        start.Environment["TERM"] = "xterm";
        return new SampleProcess(Process.Start(start)!);
    }

    /// <summary>Runs a sample to its end.</summary>
    public static (int Code, string Output, string Error) Run(string sample, params string[] arguments)
    {
        using SampleProcess process = Start(sample, arguments);
        return (process.End(), process.Output, process.Error);
    }

    /// <summary>Waits for a text in either stream. Fails when the process ends without it.</summary>
    public void WaitFor(string text)
    {
        Stopwatch clock = Stopwatch.StartNew();
        while (!Output.Contains(text, StringComparison.Ordinal) && !Error.Contains(text, StringComparison.Ordinal))
        {
            Assert.False(_outputEnded.IsSet && _errorEnded.IsSet, $"it ended before \"{text}\":\n{Output}{Error}");
            Assert.True(clock.Elapsed < Patience, $"\"{text}\" did not come:\n{Output}{Error}");
            _more.Wait(TimeSpan.FromMilliseconds(50));
            _more.Reset();
        }
    }

    /// <summary>Ctrl-C.</summary>
    public void Interrupt() => RequestToEnd.Send(_process, RequestToEnd.Interrupt);

    /// <summary>What <c>kill</c> and schedulers send.</summary>
    public void Terminate() => RequestToEnd.Send(_process, RequestToEnd.Terminate);

    /// <summary>Presses a key, where it has a terminal.</summary>
    public void Press(char key)
    {
        _process.StandardInput.Write(key);
        _process.StandardInput.Flush();
    }

    /// <summary>Holds it where it is, so that what happens beside it does so while it runs, where there are such signals.</summary>
    public void Pause()
    {
        if (!OperatingSystem.IsWindows())
            RequestToEnd.Send(_process, RequestToEnd.Pause);
    }

    /// <summary>Lets it go on.</summary>
    public void Continue()
    {
        if (!OperatingSystem.IsWindows())
            RequestToEnd.Send(_process, RequestToEnd.Continue);
    }

    public bool HasEnded => _process.HasExited;

    /// <summary>Waits for the end.</summary>
    /// <returns>The exit code.</returns>
    public int End()
    {
        Assert.True(_process.WaitForExit(Patience), $"it did not end:\n{Output}{Error}");
        _outputEnded.Wait();
        _errorEnded.Wait();
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private void Read(StreamReader reader, StringBuilder into, ManualResetEventSlim ended) => new Thread(() =>
    {
        char[] buffer = new char[1024];
        for (int count; (count = reader.Read(buffer)) > 0; _more.Set())
        {
            lock (_gate)
                into.Append(buffer, 0, count);
        }
        ended.Set();
        _more.Set();
    })
    { IsBackground = true }.Start();

    private string Text(StringBuilder builder)
    {
        lock (_gate)
            return builder.ToString();
    }
}
