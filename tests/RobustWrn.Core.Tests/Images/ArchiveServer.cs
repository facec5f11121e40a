using System.Net;
using System.Net.Sockets;
using System.Text;

namespace RobustWrn.Core.Tests;

/// <summary>
/// A tiny HTTP server on 127.0.0.1 that serves one file, one connection after another, and can misbehave: cut connections, ignore ranges, answer with an
/// error. Plain sockets, because a proper server cannot break its word.
/// </summary>
internal sealed class ArchiveServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly byte[] _content;

    public ArchiveServer(byte[] content)
    {
        _content = content;
        _listener.Start();
        _ = ServeAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/archive.tar.gz");

    /// <summary>Bytes after which the connections are cut, one entry a request; later requests are served in full.</summary>
    public Queue<int> Cuts { get; } = [];

    public bool KnowsRanges { get; init; } = true;

    /// <summary>Answers given before any content, such as "503 Service Unavailable".</summary>
    public Queue<string> Errors { get; } = [];

    /// <summary>The first byte each request asked for.</summary>
    public List<int> Starts { get; } = [];

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using TcpClient client = await _listener.AcceptTcpClientAsync();
                await AnswerAsync(client.GetStream());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(NetworkStream stream)
    {
        using StreamReader reader = new(stream, Encoding.ASCII, leaveOpen: true);
        int start = 0;
        while (await reader.ReadLineAsync() is { Length: > 0 } line)
        {
            if (line.StartsWith("Range: bytes=", StringComparison.OrdinalIgnoreCase))
                start = int.Parse(line["Range: bytes=".Length..].TrimEnd('-'));
        }
        Starts.Add(start);
        if (Errors.TryDequeue(out string? error))
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {error}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
            return;
        }
        string status = "200 OK", range = "";
        if (start > 0 && KnowsRanges)
            (status, range) = start < _content.Length
                ? ("206 Partial Content", $"Content-Range: bytes {start}-{_content.Length - 1}/{_content.Length}\r\n")
                : ("416 Range Not Satisfiable", $"Content-Range: bytes */{_content.Length}\r\n");
        byte[] body = status[0] == '4' ? [] : status[..3] == "206" ? _content[start..] : _content;
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: {body.Length}\r\n{range}Connection: close\r\n\r\n"));
        await stream.WriteAsync(body.AsMemory(0, Cuts.TryDequeue(out int cut) ? Math.Min(cut, body.Length) : body.Length));
        await stream.FlushAsync();
    }
}
