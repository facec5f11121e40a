using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>Brackets of radii on a grid, halved in step for all examples. Its tensors belong to the dispose scope it is made in.</summary>
internal sealed class EpsilonBisection
{
    private readonly IAttack _attack;
    private readonly AttackContext _context;
    private readonly ThreatModel _largest;
    private readonly AttackedModel _model;
    private readonly Tensor _found;

    public EpsilonBisection(IAttack attack, AttackContext context, ThreatModel largest, AttackedModel model)
    {
        (_attack, _context, _largest, _model) = (attack, context, largest, model);
        _found = context.Images.clone();
    }

    public EpsilonBrackets Run(int halvings, CancellationToken cancellationToken)
    {
        bool[] fooled = Fooled(_context.Images, ScalarArithmetic.Counting(_context.Images.shape[0], _context.Images.device), isClean: true);
        long grid = 1L << halvings;
        long[] failed = new long[fooled.Length], succeeded = new long[fooled.Length];
        long[] searched = [.. Enumerable.Range(0, fooled.Length).Where(i => !fooled[i]).Select(i => (long)i)];
        bool[] hits = Try(searched, _largest, cancellationToken);
        for (int i = 0; i < searched.Length; i++)
            succeeded[searched[i]] = hits[i] ? grid : -1;
        searched = [.. searched.Where((_, i) => hits[i])];
        for (int halving = 0; halving < halvings; halving++)
        {
            foreach (IGrouping<long, long> group in searched.GroupBy(row => (failed[row] + succeeded[row]) / 2).OrderBy(group => group.Key).ToArray())
            {
                long[] rows = [.. group];
                bool[] again = Try(rows, _largest with { Epsilon = _largest.Epsilon * group.Key / grid }, cancellationToken);
                for (int i = 0; i < rows.Length; i++)
                    (again[i] ? succeeded : failed)[rows[i]] = group.Key;
            }
        }
        return new EpsilonBrackets(
            _found.DetachFromDisposeScope(),
            tensor(succeeded.Select(at => at < 0 ? double.PositiveInfinity : Radius(at)).ToArray()).DetachFromDisposeScope(),
            tensor(failed.Zip(succeeded, (at, above) => above < 0 ? _largest.Epsilon : Radius(at)).ToArray()).DetachFromDisposeScope());

        double Radius(long at) => _largest.Epsilon * at / grid;
    }

    /// <summary>Attacks some examples at one radius, keeps what fooled the model, and says which.</summary>
    private bool[] Try(long[] examples, ThreatModel threat, CancellationToken cancellationToken)
    {
        if (examples.Length == 0)
            return [];
        cancellationToken.ThrowIfCancellationRequested();
        using DisposeScope scope = NewDisposeScope();
        Tensor rows = tensor(examples).to(_context.Images.device), images = _context.Images.index_select(0, rows);
        Tensor returned = _attack.PerturbVerified(_context with
        {
            Images = images,
            Labels = _context.Labels.index_select(0, rows),
            Targets = _context.Targets?.index_select(0, rows),
            Start = _context.Start?.index_select(0, rows),
            Examples = examples.Select(row => _context.Examples[(int)row]).ToValueList(),
            Threat = threat,
        }, cancellationToken);
        bool[] fooled = Fooled(returned, rows, isClean: false);
        Tensor hits = tensor(fooled).to(rows.device).nonzero().flatten();
        if (hits.numel() > 0)
            _found.index_copy_(0, rows.index_select(0, hits), returned.index_select(0, hits));
        return fooled;
    }

    private bool[] Fooled(Tensor images, Tensor rows, bool isClean)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = _model.Logits(images);
        if (isClean)
        {
            AttackInput.ThrowIfOutside(_context.Labels, logits);
            if (_context.Targets is not null)
                AttackInput.ThrowIfOutside(_context.Targets, logits, "targets");
        }
        Tensor predicted = logits.argmax(1);
        Tensor fooled = _context.Targets is null ? predicted.ne(_context.Labels.index_select(0, rows)) : predicted.eq(_context.Targets.index_select(0, rows));
        return [.. fooled.cpu().data<bool>()];
    }
}
