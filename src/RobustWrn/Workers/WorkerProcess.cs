using System.Diagnostics;
using System.Globalization;
using System.IO.Pipes;
using System.Text.Json;

namespace RobustWrn;

/// <summary>
/// One process of a worker, from its start to its end, as its controller sees it: what it prints goes to its log, what it tells comes by a
/// pipe. The pipe breaks when either process ends, however that happens.
/// </summary>
/// <param name="role">What it is told.</param>
/// <param name="told">Told of each message.</param>
internal sealed class WorkerProcess(WorkerRole role, Action<WorkerMessage> told)
{
    // To finish a step and write a checkpoint.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30), Exit = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private string? _failure;

    /// <summary>True where it said that there is nothing more to do.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>True where it told of something that no later attempt does again.</summary>
    public bool HasStepped { get; private set; }

    /// <summary>True where the program came to the experiment.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Runs it until it ends.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> RunAsync(CancellationToken stop)
    {
        using StreamWriter log = new(new FileStream(
            WorkerPlaces.Log(role.Folder, role.Number), FileMode.Append, FileAccess.Write, FileShare.ReadWrite))
        { AutoFlush = true };
        using NamedPipeServerStream pipe = new(
            role.Pipe, PipeDirection.InOut, 1, PipeTransmissionMode.Byte, PipeOptions.Asynchronous | PipeOptions.CurrentUserOnly);
        using Process process = Started(log);
        Task exit = process.WaitForExitAsync(CancellationToken.None);
        try
        {
            using (CancellationTokenSource gone = CancellationTokenSource.CreateLinkedTokenSource(stop))
            {
                Task connected = pipe.WaitForConnectionAsync(gone.Token);
                HasBegun = await Task.WhenAny(connected, exit).ConfigureAwait(false) == connected && connected.IsCompletedSuccessfully;
                await gone.CancelAsync().ConfigureAwait(false);
                await connected.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            if (HasBegun)
                await FollowAsync(pipe, process, stop).ConfigureAwait(false);
        }
        finally
        {
            if (!HasBegun || await Task.WhenAny(exit, Task.Delay(Exit, CancellationToken.None)).ConfigureAwait(false) != exit)
                Kill(process);
            await exit.ConfigureAwait(false);
        }
        if (_failure is not null)
            Note(log, _failure);
        return process.ExitCode;
    }

    private async Task FollowAsync(NamedPipeServerStream pipe, Process process, CancellationToken stop)
    {
        Task reading = ReadAsync(pipe);
        Task stopped = Task.Delay(Timeout.Infinite, stop);
        if (await Task.WhenAny(reading, stopped).ConfigureAwait(false) != reading)
        {
            try
            {
                await pipe.WriteAsync(System.Text.Encoding.UTF8.GetBytes(WorkerMessage.Stop + "\n"), CancellationToken.None)
                    .ConfigureAwait(false);
            }
            catch (IOException)
            {
                // It has just ended.
            }
            if (await Task.WhenAny(reading, Task.Delay(Grace, CancellationToken.None)).ConfigureAwait(false) != reading)
                Kill(process);
        }
        await reading.ConfigureAwait(false);
    }

    private async Task ReadAsync(NamedPipeServerStream pipe)
    {
        using StreamReader reader = new(pipe, leaveOpen: true);
        try
        {
            while (await reader.ReadLineAsync(CancellationToken.None).ConfigureAwait(false) is { } line)
            {
                if (Message(line) is not { } message)
                    continue;
                HasEnded |= message.HasEnded;
                HasStepped |= message.IsStep;
                _failure = message.Failure ?? _failure;
                told(message);
            }
        }
        catch (IOException)
        {
            // So a broken pipe may be said, too.
        }
    }

    // A line of a worker that was killed may be cut off.
    private static WorkerMessage? Message(string line)
    {
        try
        {
            return WorkerMessage.Read(line);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private Process Started(StreamWriter log)
    {
        string program = Environment.ProcessPath ?? throw new PlatformNotSupportedException("the path of this program is not known here.");
        string[] arguments = Environment.GetCommandLineArgs();
        bool isHost = Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        string threads = role.Threads.ToString(CultureInfo.InvariantCulture);
        ProcessStartInfo start = new(program, isHost ? arguments : arguments[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            Environment =
            {
                [WorkerRole.Variable] = role.ToText(),
                ["OMP_NUM_THREADS"] = threads,
                ["MKL_NUM_THREADS"] = threads,
                ["OMP_WAIT_POLICY"] = "passive",
            },
        };
        Process process = new() { StartInfo = start };
        process.OutputDataReceived += (_, line) => Note(log, line.Data);
        process.ErrorDataReceived += (_, line) => Note(log, line.Data);
        process.Start();
        // Nobody answers a worker that asks.
        process.StandardInput.Close();
        Note(log, string.Create(CultureInfo.InvariantCulture, $"process {process.Id} began"));
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private void Note(StreamWriter log, string? line)
    {
        if (line is null)
            return;
        lock (_gate)
            log.WriteLine(line);
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }
    }
}
