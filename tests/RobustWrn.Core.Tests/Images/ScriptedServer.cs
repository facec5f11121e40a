using System.Net;
using System.Net.Sockets;
using System.Text;

namespace RobustWrn.Core.Tests;

/// <summary>
/// A server on 127.0.0.1 that answers each connection with the next of the given replies, the last one again and again, however wrong they
/// are.
/// </summary>
internal sealed class ScriptedServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Func<string, NetworkStream, Task>[] _replies;

    public ScriptedServer(params Func<string, NetworkStream, Task>[] replies)
    {
        _replies = replies;
        _listener.Start();
        _ = ServeAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/archive.tar.gz");

    /// <summary>The heads of the requests.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>A reply of a head and a body.</summary>
    public static Func<string, NetworkStream, Task> Reply(string head, byte[]? body = null) => async (_, stream) =>
    {
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {head}\r\nConnection: close\r\n\r\n"));
        await stream.WriteAsync(body ?? []);
    };

    /// <summary>A whole file, as it should be.</summary>
    public static Func<string, NetworkStream, Task> File(byte[] content, string extra = "") =>
        Reply($"200 OK\r\nContent-Length: {content.Length}{extra}", content);

    /// <summary>A reply without a length that goes on until the other side hangs up, in parts with a pause between.</summary>
    public static Func<string, NetworkStream, Task> Endless(int bytes, TimeSpan pause, CancellationToken end) => async (_, stream) =>
    {
        await stream.WriteAsync("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"u8.ToArray(), end);
        byte[] part = new byte[bytes];
        while (true)
        {
            await stream.WriteAsync(part, end);
            if (pause > TimeSpan.Zero)
                await Task.Delay(pause, end);
        }
    };

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task ServeAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                using TcpClient client = await _listener.AcceptTcpClientAsync(_end.Token);
                using NetworkStream stream = client.GetStream();
                using StreamReader reader = new(stream, Encoding.ASCII, leaveOpen: true);
                StringBuilder head = new();
                while (await reader.ReadLineAsync(_end.Token) is { Length: > 0 } line)
                    head.AppendLine(line);
                Requests.Add(head.ToString());
                await _replies[Math.Min(Requests.Count, _replies.Length) - 1](head.ToString(), stream);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException or OperationCanceledException)
            {
                // The other side hung up, or the test is over.
            }
        }
    }
}
