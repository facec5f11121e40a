using System.Collections.Concurrent;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Testing;

/// <summary>
/// The float64 runs that float32 is held to, each made once: float64 depends on the processor in its last digits only, so the processes
/// that stand for other processors take those of the process that started them. They lie in a folder of that process's own, which goes
/// with it, by the hash of what they are and of the code that makes them.
/// </summary>
internal static class ExactRuns
{
    /// <summary>The environment variable that names the folder to the processes of this one.</summary>
    public const string FolderVariable = "ROBUSTWRN_TEST_EXACT_RUNS";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    private static readonly ConcurrentDictionary<string, Lock> Locks = new();

    /// <summary>Their folder.</summary>
    public static string Folder { get; } = Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } given
        ? given : TestFolder.Make();

    /// <summary>Takes the runs of a name, or makes them where no process has yet.</summary>
    /// <param name="name">What tells them from all other runs of this program.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="make">Makes one of them, by its number from 0.</param>
    /// <returns>Each by the names of its outputs. The caller disposes them.</returns>
    public static NamedTensors[] Of(string name, int count, Func<int, IReadOnlyDictionary<string, Tensor>> make)
    {
        string place = Path.Combine(Folder, Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{Code.Value} {count} {name}")))[..32]);
        lock (Locks.GetOrAdd(place, _ => new Lock()))
        {
            using FileStream held = Hold($"{place}.lock");
            return [.. Enumerable.Range(0, count).Select(i => Read($"{place}-{i}.safetensors", () => make(i)))];
        }
    }

    // Written completely or not at all: a process may be killed in the middle.
    private static NamedTensors Read(string file, Func<IReadOnlyDictionary<string, Tensor>> make)
    {
        if (!File.Exists(file))
        {
            using DisposeScope scope = NewDisposeScope();
            Safetensors.Write(file, make().Select(pair => KeyValuePair.Create(pair.Key, pair.Value.detach().contiguous())));
        }
        return Safetensors.Read(file);
    }

    private static FileStream Hold(string file)
    {
        for (DateTime end = DateTime.UtcNow + Patience; ; Thread.Sleep(20))
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (DateTime.UtcNow < end)
            {
                // Another process makes it.
            }
        }
    }

    // Changes with every line of the program and of the library.
    private static readonly Lazy<string> Code = new(() => string.Join(' ', typeof(ExactRuns).Assembly.GetReferencedAssemblies()
        .Where(referenced => referenced.Name!.StartsWith("RobustWrn", StringComparison.Ordinal))
        .Select(Assembly.Load).Append(typeof(ExactRuns).Assembly)
        .Select(assembly => assembly.ManifestModule.ModuleVersionId).Order()));
}
