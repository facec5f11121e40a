using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>A small residual network and images it gets right, of which attacks fool some and not others.</summary>
internal sealed class FallingBatch : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public FallingBatch(int count, ScalarType dtype)
    {
        Model = WideResNetSpec.Of(stem: 4, depths: [1, 1], widths: [6, 8]).Build(2);
        Model.to(dtype);
        Model.eval();
        Examples = [.. Enumerable.Range(0, count).Select(i => 500L + 3 * i)];
        Images = RandomStream.From(12).Uniform(Examples, [3, 8, 8], dtype);
        using IDisposable guard = no_grad();
        Labels = Model.call(Images).argmax(1);
    }

    public Classifier Model { get; }

    public Tensor Images { get; }

    public Tensor Labels { get; }

    private long[] Examples { get; }

    public static ThreatModel Threat(string norm) => norm switch
    {
        "linf" => ThreatModel.Linf(7, outOf: 255),
        "l2" => ThreatModel.L2(0.35),
        _ => ThreatModel.L1(2),
    };

    /// <summary>The images that an attack returns for the whole batch, and the examples it fools.</summary>
    public (Tensor Points, bool[] Fooled) Attack(IAttack attack, ThreatModel threat) =>
        Attack(Model, context => attack.Perturb(context), threat);

    /// <summary>What an attack returns for the whole batch, and whom it fools.</summary>
    public (Tensor Points, bool[] Fooled) Attack(nn.Module<Tensor, Tensor> model, Func<AttackContext, Tensor> attack, ThreatModel threat) =>
        Attack(model, attack, threat, [.. Enumerable.Range(0, Examples.Length).Select(i => (long)i)]);

    /// <summary>Whom an attack fools that gets the images block by block, in some order.</summary>
    public bool[] AttackInBlocks(int size, long[] order, Func<AttackContext, Tensor> attack, ThreatModel threat)
    {
        bool[] fooled = new bool[order.Length];
        foreach (long[] block in order.Chunk(size))
        {
            foreach ((long row, bool fell) in block.Zip(Attack(Model, attack, threat, block).Fooled))
                fooled[row] = fell;
        }
        return fooled;
    }

    public void Dispose()
    {
        Model.Dispose();
        _scope.Dispose();
    }

    private (Tensor Points, bool[] Fooled) Attack(nn.Module<Tensor, Tensor> model, Func<AttackContext, Tensor> attack, ThreatModel threat, long[] rows)
    {
        Tensor index = tensor(rows), images = Images.index_select(0, index), labels = Labels.index_select(0, index);
        Tensor points = attack(new AttackContext(model, images, labels, threat) { Examples = rows.Select(row => Examples[row]).ToValueList() });
        using IDisposable guard = no_grad();
        return (points, Model.call(points).argmax(1).ne(labels).data<bool>().ToArray());
    }
}
