using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>One block of images on its way through a suite. Each attack gets copies of what is still right, and its result is checked and classified here.</summary>
internal sealed class EvaluationBlock : IDisposable
{
    private readonly AttackedModel _model;
    private readonly AttackContext _context;
    private readonly TimeProvider _clock;
    private readonly Tensor? _adversarial;
    private readonly long[] _examples, _classes, _predictions;
    private readonly string?[] _brokenBy;
    private readonly float[] _margins;
    private long[] _survivors;

    public EvaluationBlock(
        nn.Module<Tensor, Tensor> module, AttackedModel model, ImageBatch batch, ScalarType dtype, ThreatModel threat,
        EvaluationOptions options, CleanBlock? clean = null)
    {
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        (_model, _clock) = (model, options.Clock);
        Tensor images = batch.Images.to(dtype, copy: true), labels = batch.Labels.clone();
        clean ??= CleanBlock.Of(model, images, labels, batch.Examples.ToArray());
        (_examples, _classes, _predictions, Classes) = (clean.Examples, clean.Labels, clean.Predictions, clean.Classes);
        _margins = [.. clean.Margins];
        _brokenBy = new string?[_examples.Length];
        _survivors = [.. Enumerable.Range(0, _examples.Length).Where(i => _predictions[i] == _classes[i]).Select(i => (long)i)];
        _context = new AttackContext(module, images.DetachFromDisposeScope(), labels.DetachFromDisposeScope(), threat)
        {
            Examples = _examples.ToValueList(),
            Surrogate = options.Surrogate,
            SteeringPrecision = options.SearchesInBFloat16 ? ScalarType.BFloat16 : null,
        };
        _adversarial = options.KeepAdversarialImages ? images.clone().DetachFromDisposeScope() : null;
    }

    public long Survivors => _survivors.Length;

    /// <summary>The places of the survivors in the block.</summary>
    public IReadOnlyList<long> Standing => _survivors;

    public int Count => _examples.Length;

    /// <summary>Whether the journal told what the last attack did.</summary>
    public bool LastWasReplayed { get; private set; }

    /// <summary>Classes the model tells apart.</summary>
    public long Classes { get; }

    public IEnumerable<ExampleOutcome> Outcomes()
    {
        HashSet<long> robust = [.. _survivors];
        return Enumerable.Range(0, _examples.Length)
            .Select(i => new ExampleOutcome(_examples[i], (int)_classes[i], (int)_predictions[i], robust.Contains(i), _brokenBy[i]) { Margin = _margins[i] });
    }

    /// <summary>Runs one attack on what is still right, or takes what the journal says it did.</summary>
    public AttackRun Run(IAttack attack, RandomStream noise, BlockJournal? journal, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        LastWasReplayed = false;
        if (_survivors.Length == 0)
            return default;
        if (journal?.Find() is { } entry && Replay(attack, entry, journal))
        {
            LastWasReplayed = true;
            return entry.Run;
        }
        long start = _clock.GetTimestamp(), passes = PassMeter.Now;
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor rows = tensor(_survivors).to(_context.Images.device);
        AttackContext context = _context.Rows(rows) with { Noise = noise };
        Tensor returned = attack.PerturbVerified(context, cancellationToken);
        Tensor logits = _model.Logits(returned);
        bool[] fell = [.. context.Goal().Reached(logits).cpu().data<bool>()];
        float[] margins = CleanBlock.MarginsOf(logits, context.Labels);
        _adversarial?.index_copy_(0, rows, returned);
        long[] broken = [.. _survivors.Where((_, i) => fell[i]).Select(i => _examples[i])];
        Remove(attack, broken, margins);
        AttackRun run = new(_clock.GetElapsedTime(start), PassMeter.Since(passes),
            PixelDistance.Farthest(returned, context.Images, context.Threat.Norm));
        journal?.Append(broken, margins, run, _adversarial is null ? null : returned);
        return run;
    }

    // An entry whose images are lost is nothing to go on from: the attack finds the same again.
    private bool Replay(IAttack attack, JournalEntry entry, BlockJournal journal)
    {
        if (_adversarial is not null)
        {
            using IDisposable guard = no_grad();
            using Tensor? stored = journal.Images(entry);
            if (stored is null)
                return false;
            using Tensor rows = tensor(_survivors).to(_context.Images.device), images = stored.to(_context.Images.device);
            _adversarial.index_copy_(0, rows, images);
        }
        Remove(attack, entry.Broken, entry.Margins);
        return true;
    }

    private void Remove(IAttack attack, long[] broken, float[] margins)
    {
        foreach ((long survivor, float margin) in _survivors.Zip(margins))
            _margins[survivor] = Math.Min(_margins[survivor], margin);
        HashSet<long> gone = [.. broken];
        foreach (long survivor in _survivors.Where(i => gone.Contains(_examples[i])))
            _brokenBy[survivor] = attack.Name;
        _survivors = [.. _survivors.Where(i => !gone.Contains(_examples[i]))];
    }

    /// <summary>The kept images on the CPU. The caller disposes them.</summary>
    public Tensor AdversarialImages() => _adversarial!.to(CPU, copy: true);

    public void Dispose()
    {
        _context.Images.Dispose();
        _context.Labels.Dispose();
        _adversarial?.Dispose();
    }
}
