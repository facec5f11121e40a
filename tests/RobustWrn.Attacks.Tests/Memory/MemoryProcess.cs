using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>
/// A process of its own that attacks and watches its resident memory, which in the test process other tests share: this test program, started with an environment variable.
/// </summary>
internal static class MemoryProcess
{
    private const string Variable = "ROBUSTWRN_TEST_MEMORY_OF";

    private static readonly Dictionary<string, Func<int, IAttack>> Attacks = new()
    {
        ["pgd"] = steps => new Pgd { Steps = steps },
        ["apgd"] = steps => new Apgd { Steps = steps },
        ["fab-t"] = steps => new TargetedFab { Steps = steps, TargetClasses = 1 },
        ["square"] = steps => new Square { Queries = steps },
        ["keeper"] = steps => new Keeper { Steps = steps },
    };

    /// <summary>Runs attacks one after another, each warmed up first.</summary>
    /// <returns>For each its name, the resident bytes after the warm-up and the most during 1,000 steps, and how many of its images still stand.</returns>
    public static async Task<(string Attack, long Before, long Most, int Standing)[]> RunAsync(params string[] attacks)
    {
        string program = Environment.ProcessPath!;
        bool host = Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        ProcessStartInfo start = new(program, host ? [typeof(MemoryProcess).Assembly.Location] : [])
        {
            RedirectStandardOutput = true,
            // .NET's youngest generation would go on growing towards the size of the processor's cache, whatever an attack does: it is kept at 2 MiB.
            Environment = { [Variable] = string.Join(',', attacks), ["OMP_NUM_THREADS"] = "1", ["DOTNET_GCgen0size"] = "200000", ["DOTNET_gcConcurrent"] = "0" },
        };
        using Process process = Process.Start(start)!;
        string text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).Select(words => (words[0], Number(words[1]), Number(words[2]), (int)Number(words[3])))];
    }

    [ModuleInitializer]
    internal static void RunWhenAsked()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } attacks)
            return;
        TorchRuntime.EnsureLoaded();
        foreach (string attack in attacks.Split(','))
            Measure(attack);
        Console.Out.Flush();
        Environment.Exit(0);
    }

    private static void Measure(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        using Classifier model = WideResNetSpec.Of(stem: 2, depths: [1], widths: [4]).Build(2);
        model.eval();
        long[] examples = [.. Enumerable.Range(0, 16).Select(i => (long)i)];
        Tensor images = RandomStream.From(12).Uniform(examples, [3, 14, 14], ScalarType.Float32);
        // So small a ball that nearly no image falls, and every step is made.
        AttackContext context = new(model, images, model.call(images).argmax(1).detach(), ThreatModel.Linf(1e-5));
        Attacks[name](200).Perturb(context).Dispose();
        long before = Environment.WorkingSet, most = before;
        using Tensor moved = Watched(() => Attacks[name](1_000).Perturb(context), ref most);
        long standing = model.call(moved).argmax(1).eq(context.Labels).sum().item<long>();
        Console.Out.Write(string.Create(CultureInfo.InvariantCulture, $"{name} {before} {most} {standing}\n"));
    }

    private static Tensor Watched(Func<Tensor> run, ref long most)
    {
        long peak = most;
        using (Timer timer = new(_ => Interlocked.Exchange(ref peak, Math.Max(Interlocked.Read(ref peak), Environment.WorkingSet)), null, 0, period: 10))
        {
            Tensor result = run();
            most = Math.Max(Interlocked.Read(ref peak), Environment.WorkingSet);
            return result;
        }
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>Keeps a copy of the images at every step, as an attack with a leak does.</summary>
    private sealed record Keeper : IAttack
    {
        private static readonly List<Tensor> Kept = [];

        public int Steps { get; init; }

        public string Name => "keeper";

        public long MaxGradients => Steps;

        public IAttack WithEffort(double share) => this;

        public Tensor Perturb(AttackContext context, CancellationToken cancellationToken)
        {
            for (int step = 0; step < Steps; step++)
                Kept.Add(context.Images.clone().DetachFromDisposeScope());
            return context.Images.clone();
        }

        public IEnumerable<Problem> Problems() => [];
    }
}
