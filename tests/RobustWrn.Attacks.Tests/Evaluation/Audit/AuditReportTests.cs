using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>The report is part of the result: stored, joined, and the same whatever happened on the way.</summary>
[Collection(nameof(AuditedImages))]
public sealed class AuditReportTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly string _folder = TestFolder.Make();

    public void Dispose()
    {
        _scope.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Result_WithFindings_IsReadBackEqual()
    {
        RobustnessResult result = Evaluate(Quantised(), AuditedImages.Draw("test", 200));
        string json = result.ToJson();

        Assert.NotEmpty(result.Audit!.Findings);
        Assert.NotEmpty(result.Audit.NotMade);
        Assert.Equal(result.Audit, RobustnessResult.FromJson(json).Audit);
        Assert.Contains("\"verdict\": \"invalid\"", json);
    }

    [Fact]
    public void Run_StoppedAndResumed_EndsInTheSameReport()
    {
        TensorSource images = AuditedImages.Draw("test", 96);
        EvaluationOptions options = new() { BlockSize = 32, JournalFolder = _folder };
        AuditReport whole = Evaluate(AuditedImages.Sound, images, options with { JournalFolder = null }).Audit!;
        using CancellationTokenSource source = new();
        int reports = 0;
        Assert.ThrowsAny<OperationCanceledException>(() => RobustnessEvaluation.Run(AuditedImages.Sound, images, AuditedImages.Threat, AuditedImages.Pgd20, options,
            new Stop(() => { if (++reports == 2) source.Cancel(); }), source.Token));

        Assert.Equal(whole, Evaluate(AuditedImages.Sound, images, options).Audit);
        Assert.Equal(whole, Evaluate(AuditedImages.Sound, images, options).Audit); // all from the journal
    }

    [Fact]
    public void Run_OtherOrderOfTheFile_AsksAboutTheSameImages()
    {
        TensorSource images = AuditedImages.Draw("test", 300);
        long[] reversed = [.. Enumerable.Range(0, 300).Select(i => 299L - i)];
        long[] asked = Asked(images, 0);

        Assert.Equal(256, asked.Length);
        Assert.NotEqual(asked.Order(), Enumerable.Range(0, 256).Select(i => 3L * i + 7));
        Assert.Equal(asked, Asked(images.Reordered(reversed), 0));
        Assert.NotEqual(asked, Asked(images, 1));
    }

    [Fact]
    public void Combine_Parts_JoinsWhatTheyFound()
    {
        TensorSource images = AuditedImages.Draw("test", 128);
        RobustnessResult sound = Evaluate(AuditedImages.Sound, images.Reordered([.. Enumerable.Range(0, 64).Select(i => (long)i)]));
        RobustnessResult broken = Evaluate(Quantised(), images.Reordered([.. Enumerable.Range(64, 64).Select(i => (long)i)]));

        AuditReport joined = RobustnessResult.Combine(sound, broken).Audit!;

        Assert.Equal(AuditVerdict.Trustworthy, sound.Audit!.Verdict);
        Assert.Equal(AuditVerdict.Invalid, joined.Verdict);
        Assert.Equal(broken.Audit!.Findings, joined.Findings);
        Assert.Equal(sound.Audit.Passes + broken.Audit.Passes, joined.Passes);
        Assert.Equal(sound.Audit.Made.Count + sound.Audit.NotMade.Count, joined.Made.Count + joined.NotMade.Count);
        Assert.Null(RobustnessResult.Combine(sound, broken with { Audit = null }).Audit);
    }

    [Fact]
    public void Run_CheckThatThrows_LosesNothing()
    {
        RobustnessResult result = Evaluate(AuditedImages.Sound, AuditedImages.Draw("test", 32), new EvaluationOptions { Audit = new EvaluationAudit { Checks = [new Throwing()] } });
        Assert.Equal(new AuditGap("throwing", "it failed: no idea"), Assert.Single(result.Audit!.NotMade));
        Assert.Equal(AuditVerdict.Trustworthy, result.Audit.Verdict);
    }

    [Fact]
    public void OfImages_ImagesThatAnEvaluationRefuses_ReportsThem()
    {
        Tensor images = AuditedImages.Draw("test", 4).Read([0, 1, 2, 3]).Images;
        Assert.Equal(AuditVerdict.Trustworthy, EvaluationAudit.OfImages(images).Verdict);

        using Tensor bytes = images.Times(255.0), twice = images.Over(255), holes = images.clone();
        holes[2].copy_(holes[2].FilledLike(double.NaN));
        Assert.StartsWith("pixels must lie in [0, 1], got others in 4 of 4 images, from ", Assert.Single(EvaluationAudit.OfImages(bytes).Findings).Message);
        Assert.StartsWith("pixels must be finite, got NaN or infinity in 1 of 4 images.", EvaluationAudit.OfImages(holes).Findings[0].Message);
        AuditFinding scale = Assert.Single(EvaluationAudit.OfImages(twice).Findings);
        Assert.Contains("divided by 255 twice", scale.Remedy);
        Assert.Equal(AuditVerdict.Suspect, scale.Severity);
    }

    [Fact]
    public void Run_ImagesDividedTwice_AreSuspect()
    {
        using ImageBatch batch = AuditedImages.Draw("test", 64).Read([.. Enumerable.Range(0, 64).Select(i => (long)i)]);
        using Tensor dark = batch.Images.Over(255);
        RobustnessResult result = Evaluate(new Lambda(images => AuditedImages.Sound.call(images.Times(255.0))), new TensorSource(dark, batch.Labels));
        Assert.Equal(PixelRangeCheck.TypeName, Assert.Single(result.Audit!.Findings, finding => finding.Check == PixelRangeCheck.TypeName).Check);
    }

    [Theory]
    [InlineData(0, 0.1, 1e-4, "Options.Audit.Examples")]
    [InlineData(257, 0.1, 1e-4, "Options.Audit.Examples")]
    [InlineData(256, 0, 1e-4, "Options.Audit.Share")]
    [InlineData(256, 0.1, 1, "Options.Audit.Significance")]
    public void Run_AuditWithAProblem_IsRefusedBeforeAnything(int examples, double share, double significance, string subject)
    {
        EvaluationOptions options = new() { Audit = new EvaluationAudit { Examples = examples, Share = share, Significance = significance } };
        Assert.Equal(subject, Assert.Single(Assert.Throws<InvalidDescriptionException>(() => Evaluate(AuditedImages.Sound, AuditedImages.Draw("test", 4), options)).Problems).Subject);
    }

    private static RobustnessResult Evaluate(nn.Module<Tensor, Tensor> model, TensorSource images, EvaluationOptions? options = null) =>
        RobustnessEvaluation.Run(model, images, AuditedImages.Threat, AuditedImages.Pgd20, options);

    private static Lambda Quantised() => new(images => AuditedImages.Sound.call(images.Times(8.0).round().Over(8)));

    private static long[] Asked(TensorSource images, Seed seed)
    {
        Remembering check = new();
        Remembering.Sample = [];
        Evaluate(AuditedImages.Sound, images, new EvaluationOptions { Seed = seed, BlockSize = 256, Audit = new EvaluationAudit { Checks = [check] } });
        return Remembering.Sample;
    }

    // Without names in files, so that no audit finds them by itself.
    private sealed record Throwing : IAuditCheck
    {
        public string Name => "throwing";

        public long PassesPerExample => 1;

        public AuditAnswer Examine(AuditSubject subject, CancellationToken cancellationToken = default) => throw new NotSupportedException("no idea");

        public IEnumerable<Problem> Problems() => [];
    }

    private sealed record Remembering : IAuditCheck
    {
        public static long[] Sample { get; set; } = [];

        public string Name => "remembering";

        public long PassesPerExample => 0;

        public AuditAnswer Examine(AuditSubject subject, CancellationToken cancellationToken = default)
        {
            Sample = [.. subject.Sample.Select(example => example.Outcome.Index)];
            return AuditAnswer.NothingFound;
        }

        public IEnumerable<Problem> Problems() => [];
    }

    private sealed class Stop(Action action) : IProgress<EvaluationProgress>
    {
        public void Report(EvaluationProgress value) => action();
    }
}
