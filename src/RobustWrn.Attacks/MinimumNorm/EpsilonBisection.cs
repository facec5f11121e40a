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
        bool[] fooled = FooledUnchanged();
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
        Tensor rows = tensor(examples).to(_context.Images.device);
        AttackContext context = _context.Rows(rows) with { Threat = threat };
        Tensor returned = _attack.PerturbVerified(context, cancellationToken);
        bool[] fooled = [.. context.Goal().Reached(_model.Logits(returned)).cpu().data<bool>()];
        Tensor hits = tensor(fooled).to(rows.device).nonzero().flatten();
        if (hits.numel() > 0)
            _found.index_copy_(0, rows.index_select(0, hits), returned.index_select(0, hits));
        return fooled;
    }

    private bool[] FooledUnchanged()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = _model.Logits(_context.Images);
        AttackInput.ThrowIfOutside(_context.Labels, logits);
        if (_context.Targets is not null)
            AttackInput.ThrowIfOutside(_context.Targets, logits, "targets");
        return [.. _context.Goal().Reached(logits).cpu().data<bool>()];
    }
}
