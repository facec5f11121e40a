using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>The binary search over c, one c an example.</summary>
internal sealed class CwL2Search
{
    // The authors' code starts the upper bound at 1e10 and multiplies c by ten until something has fooled the model.
    private const double Unbounded = 1e10;
    private const double Growth = 10;

    // The values of c that the search meets are made for logits that lie some units apart, as those of networks do. Where an image's lie
    // closer together than 2^-10 or farther apart than 2^10,
    // margins are taken in units of that distance, to a power of two; c times a margin stays a number of float32.
    private const int Ordinary = 10, Farthest = 100;

    private readonly CwL2 _attack;
    private readonly AttackedModel _model;
    private readonly AttackContext _context;
    private readonly Tensor _start, _unit, _best, _bestSquared;

    public CwL2Search(CwL2 attack, AttackContext context, AttackedModel model)
    {
        (_attack, _context, _model) = (attack, context, model);
        Tensor logits = model.Logits(context.Images);
        AttackInput.ThrowIfOutside(context.Labels, logits);
        if (context.Targets is not null)
            AttackInput.ThrowIfOutside(context.Targets, logits, "targets");
        Tensor margin = new Margin().PerExample(logits, context.Goal());
        _start = TanhSpace.From(context.Start ?? context.StartBy(attack.Start, context.Noise.For("start").At(0)));
        _unit = Units(logits);
        _best = context.Images.clone();
        _bestSquared = where(margin.IsAbove(attack.Confidence), zeros_like(margin), margin.FilledLike(double.PositiveInfinity));
    }

    public MinimalPerturbations Run(CancellationToken cancellationToken)
    {
        // What is fooled unchanged is done: nothing is smaller than no change.
        Tensor rows = _bestSquared.IsAbove(0).nonzero().flatten();
        if (rows.numel() > 0)
        {
            Tensor c = _bestSquared.index_select(0, rows).FilledLike(_attack.InitialConstant);
            Tensor lower = zeros_like(c), upper = c.FilledLike(Unbounded);
            for (int search = 0; search < _attack.SearchSteps; search++)
            {
                using DisposeScope scope = NewDisposeScope();
                Tensor fooled = Descend(rows, c, cancellationToken);
                upper.copy_(where(fooled, minimum(upper, c), upper));
                lower.copy_(where(fooled, lower, maximum(lower, c)));
                c.copy_(where(upper.IsBelow(Unbounded), lower.Plus(upper).Over(2), c.Times(Growth)));
            }
        }
        return new MinimalPerturbations(_best.DetachFromDisposeScope(), _bestSquared.sqrt().DetachFromDisposeScope());
    }

    private static Tensor Units(Tensor logits)
    {
        using DisposeScope scope = NewDisposeScope();
        double[] apart = (logits.amax([1]) - logits.amin([1])).to(ScalarType.Float64).cpu().data<double>().ToArray();
        return tensor([.. apart.Select(Unit)]).to(logits.dtype, logits.device).MoveToOuterDisposeScope();

        static double Unit(double distance)
        {
            int exponent = distance > 0 ? Math.ILogB(distance) : 0;
            return Math.Abs(exponent) <= Ordinary ? 1 : Math.ScaleB(1, Math.Clamp(exponent, -Farthest, Farthest));
        }
    }

    /// <summary>Adam for one c each; keeps the nearest image that fools the model.</summary>
    /// <returns>Which examples were fooled with this c, boolean, one a row.</returns>
    private Tensor Descend(Tensor rows, Tensor c, CancellationToken cancellationToken)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor fooled = zeros(rows.shape, ScalarType.Bool, rows.device);
        using CwL2Descent descent = new(_attack, _model, _context.Rows(rows), c, _unit.index_select(0, rows), _start.index_select(0, rows),
            (_best.index_select(0, rows), _bestSquared.index_select(0, rows)));
        for (int step = 0; step < _attack.Steps && descent.Count > 0; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            descent.Step();
            if (descent.IsCheck(step))
                descent.DropStalled(Store);
        }
        descent.ThrowIfNotFinite();
        Store(descent);
        return fooled.MoveToOuterDisposeScope();

        void Store(CwL2Descent state)
        {
            using DisposeScope inner = NewDisposeScope();
            Tensor own = rows.index_select(0, state.Rows);
            _best.index_copy_(0, own, state.Best);
            _bestSquared.index_copy_(0, own, state.BestSquared);
            fooled.index_copy_(0, state.Rows, state.Fooled);
        }
    }
}
