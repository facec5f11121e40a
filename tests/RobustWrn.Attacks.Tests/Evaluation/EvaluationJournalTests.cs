using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

public sealed class EvaluationJournalTests : IDisposable
{
    private static readonly LinfThreat Threat = ThreatModel.Linf(4, outOf: 255);
    private static readonly AttackSuite Suite = AttackSuite.Of("both", new Counted(), new Pgd { Steps = 3 }, new CwLinf { Steps = 2 });

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly AttackVectorCase _vector = new("attack_fgsm");
    private readonly TensorSource _source;
    private readonly string _folder = TestFolder.Make();

    public EvaluationJournalTests() => _source = new TensorSource(_vector.Images, _vector.Labels);

    private EvaluationOptions Options => new() { BlockSize = 3, Seed = 5, KeepAdversarialImages = true, JournalFolder = _folder };

    private string JournalPath => Path.Combine(_folder, "journal.jsonl");

    public void Dispose()
    {
        _vector.Dispose();
        _scope.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Run_StoppedAfterEveryAttackOnEveryBlock_EndsInTheSameResultAndRepeatsNothing()
    {
        RobustnessResult whole = RobustnessEvaluation.Run(_vector.Model, _source, Threat, Suite, Options with { JournalFolder = null });
        Counted.Calls = 0;
        int stops = 0;
        RobustnessResult? resumed = null;
        while (resumed is null)
        {
            using CancellationTokenSource source = new();
            int toGo = stops + 1;
            try
            {
                resumed = RobustnessEvaluation.Run(_vector.Model, _source, Threat, Suite, Options, new Told(() => toGo-- == 1, source), source.Token);
            }
            catch (OperationCanceledException)
            {
                stops++;
            }
        }

        Assert.InRange(stops, 6, 9); // three blocks of three attacks; a stop after the last has nothing left to stop
        Assert.Equal(3, Counted.Calls);
        Same(whole, resumed);
    }

    /// <summary>A process that is killed leaves any prefix of the file; a disk that fails may change any byte.</summary>
    [Fact]
    public void Run_JournalCutOrDamagedAnywhere_EndsInTheSameResult()
    {
        RobustnessResult whole = RobustnessEvaluation.Run(_vector.Model, _source, Threat, Suite, Options);
        byte[] journal = File.ReadAllBytes(JournalPath);
        for (int length = 0; length < journal.Length; length += 149)
        {
            File.WriteAllBytes(JournalPath, journal[..length]);
            Same(whole, RobustnessEvaluation.Run(_vector.Model, _source, Threat, Suite, Options));
            byte[] damaged = [.. journal];
            damaged[length] ^= 4;
            File.WriteAllBytes(JournalPath, damaged);
            Same(whole, RobustnessEvaluation.Run(_vector.Model, _source, Threat, Suite, Options));
        }
    }

    /// <summary>A sound journal whose first line says another version, older or newer, with the checksum that belongs to it.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Run_JournalOfAnotherVersion_IsRefusedByNameAndNotTouched(int version)
    {
        RobustnessEvaluation.Run(_vector.Model, _source, Threat, Suite, Options);
        string header = File.ReadAllLines(JournalPath)[0][17..];
        Assert.Contains("\"version\":2", header, StringComparison.Ordinal);
        header = header.Replace("\"version\":2", $"\"version\":{version}", StringComparison.Ordinal);
        string journal = $"{DescriptionJson.Fingerprint(header)[..16]} {header}\n";
        File.WriteAllText(JournalPath, journal);

        InvalidDataException refused = Assert.Throws<InvalidDataException>(() =>
            RobustnessEvaluation.Run(_vector.Model, _source, Threat, Suite, Options));

        Assert.StartsWith($"{JournalPath} has version {version}; this library goes on with journals of version 2.", refused.Message);
        Assert.Equal(journal, File.ReadAllText(JournalPath));
    }

    /// <summary>The images that attacks returned are in files of their own, which the journal names by their hash.</summary>
    [Theory]
    [InlineData("flipped")]
    [InlineData("cut")]
    [InlineData("NaN")]
    [InlineData("out of the ball")]
    [InlineData("swapped")]
    [InlineData("missing")]
    [InlineData("empty")]
    public void Run_ImagesOfABlockDamaged_RunsTheAttackAgainAndSaysSo(string damage)
    {
        RobustnessResult whole = RobustnessEvaluation.Run(_vector.Model, _source, Threat, Suite, Options);
        string[] files = [.. Directory.GetFiles(_folder, "block-*.safetensors").Order()];
        Dictionary<string, byte[]> sound = files.ToDictionary(file => file, File.ReadAllBytes);
        Assert.InRange(files.Length, 3, 9);
        for (int i = 0; i < files.Length; i++)
        {
            Damage(files, i, damage);
            ListLogger log = new();

            Same(whole, RobustnessEvaluation.Run(_vector.Model, _source, Threat, Suite, Options with { Logger = log }));

            Assert.Contains(files[i], Assert.Single(log.Lines));
            Assert.Equal(sound[files[i]], File.ReadAllBytes(files[i]));
        }
        ListLogger silent = new();
        Same(whole, RobustnessEvaluation.Run(_vector.Model, _source, Threat, Suite, Options with { Logger = silent }));
        Assert.Empty(silent.Lines);
    }

    private static void Damage(string[] files, int which, string damage)
    {
        string file = files[which];
        byte[] bytes = File.ReadAllBytes(file);
        switch (damage)
        {
            case "missing":
                File.Delete(file);
                return;
            case "empty":
                bytes = [];
                break;
            case "cut":
                bytes = bytes[..^3];
                break;
            case "flipped":
                bytes[bytes.Length - 1 - 37 * which] ^= (byte)(1 << which % 8);
                break;
            case "swapped":
                bytes = File.ReadAllBytes(files[(which + 1) % files.Length]);
                break;
            default:
                using (NamedTensors tensors = Safetensors.Read(file))
                using (Tensor images = damage == "NaN" ? tensors["images"].log().neg().sqrt().log() : tensors["images"].neg())
                    Safetensors.Write(file, [KeyValuePair.Create("images", images)]);
                return;
        }
        File.WriteAllBytes(file, bytes);
    }

    /// <summary>Sound lines of a journal of other weights, put into this one.</summary>
    [Fact]
    public void Run_LinesOfAnotherJournal_AreNotBelieved()
    {
        RobustnessResult whole = RobustnessEvaluation.Run(_vector.Model, _source, Threat, Suite, Options);
        string[] mine = File.ReadAllLines(JournalPath);
        string elsewhere = TestFolder.Make();
        EvaluationOptions other = Options with { JournalFolder = elsewhere };
        RobustnessEvaluation.Run(_vector.Model, _source, ThreatModel.Linf(1, outOf: 255), Suite, other).Adversarial!.Dispose();
        string[] theirs = File.ReadAllLines(Path.Combine(elsewhere, "journal.jsonl"));
        Directory.Delete(elsewhere, recursive: true);
        File.WriteAllText(JournalPath, string.Concat(((string[])[mine[0], .. theirs[1..]]).Select(line => line + "\n")));
        ListLogger log = new();

        Same(whole, RobustnessEvaluation.Run(_vector.Model, _source, Threat, Suite, Options with { Logger = log }));

        Assert.Contains("damaged in line 2", Assert.Single(log.Lines));
    }

    [Fact]
    public void Run_FolderDeletedMeanwhile_EndsWithAnError()
    {
        string folder = Path.Combine(_folder, "deeper");
        using CancellationTokenSource source = new();
        Told deletes = new(() =>
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
            return false;
        }, source);

        IOException lost = Assert.Throws<IOException>(() => RobustnessEvaluation.Run(_vector.Model, _source, Threat, Suite,
            Options with { JournalFolder = folder }, deletes));

        Assert.Contains("deleted, moved or replaced", lost.Message);
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public void Run_JournalOfAnotherEvaluation_IsRefusedWithTheDifferences()
    {
        RobustnessEvaluation.Run(_vector.Model, _source, Threat, Suite, Options);

        EvaluationJournalException refused = Assert.Throws<EvaluationJournalException>(() =>
            RobustnessEvaluation.Run(_vector.Model, _source, ThreatModel.Linf(8, outOf: 255), Suite, Options with { Seed = 6 }));

        Assert.Equal(2, refused.Differences.Count);
        Assert.Contains(refused.Differences, difference => difference.StartsWith("threat.epsilon: stored 0.0156", StringComparison.Ordinal));
        Assert.Contains("seed: stored 5, now 6", refused.Differences);
        Assert.Contains("choose another folder to begin anew", refused.Message);
    }

    [Fact]
    public void Run_OtherWeights_AreAnotherEvaluation()
    {
        RobustnessEvaluation.Run(_vector.Model, _source, Threat, Suite, Options);
        using (no_grad())
        {
            foreach (TorchSharp.Modules.Parameter parameter in _vector.Model.parameters().Take(1))
                nn.init.zeros_(parameter);
        }

        Assert.StartsWith("model: stored ", Assert.Single(Assert.Throws<EvaluationJournalException>(() => RobustnessEvaluation.Run(_vector.Model, _source, Threat, Suite, Options)).Differences));
    }

    [Fact]
    public void Run_JournalInUse_IsRefused()
    {
        using FileStream other = new(JournalPath, FileMode.Create, FileAccess.ReadWrite, FileShare.None);

        Assert.ThrowsAny<IOException>(() => RobustnessEvaluation.Run(_vector.Model, _source, Threat, Suite, Options));
    }

    private static void Same(RobustnessResult expected, RobustnessResult actual)
    {
        Assert.Equal(WithoutDurations(expected), WithoutDurations(actual));
        Assert.True(expected.Adversarial!.Images.Equals(actual.Adversarial!.Images));

        static string WithoutDurations(RobustnessResult result) =>
            (result with { Attacks = result.Attacks.Select(tally => tally with { Duration = TimeSpan.Zero }).ToValueList() }).ToJson();
    }

    /// <summary>FGSM that counts how often it is run.</summary>
    public sealed record Counted : IAttack
    {
        public const string TypeName = "test-counted";

        private readonly Fgsm _attack = new();

        public static int Calls { get; set; }

        public string Name => "counted";

        public long MaxGradients => _attack.MaxGradients;

        public IAttack WithEffort(double share) => this;

        public Tensor Perturb(AttackContext context, CancellationToken cancellationToken)
        {
            Calls++;
            return _attack.Perturb(context, cancellationToken);
        }

        public IEnumerable<Problem> Problems() => [];
    }

    private sealed class Told(Func<bool> stop, CancellationTokenSource source) : IProgress<EvaluationProgress>
    {
        public void Report(EvaluationProgress value)
        {
            if (stop())
                source.Cancel();
        }
    }
}
