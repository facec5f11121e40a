using RobustWrn.Attacks;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace AttackAnyModel;

/// <summary>A targeted attack on one batch.</summary>
internal static class Targeted
{
    public static string Describe(nn.Module<Tensor, Tensor> model, ImageBatch batch, ThreatModel threat, int target, ValueList<string> names)
    {
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        AttackContext context = new(model, batch.Images, batch.Labels, threat)
        {
            Targets = batch.Labels.FilledLike(target),
            Examples = batch.Examples.ToArray().ToValueList(),
        };
        Tensor moved = new Pgd { Steps = 40 }.Perturb(context);
        long[] before = [.. model.call(batch.Images).argmax(1).data<long>()], after = [.. model.call(moved).argmax(1).data<long>()];
        double farthest = threat.Distance(moved, batch.Images).max().Number();
        IEnumerable<string> lines = before.Zip(after, (was, became) => $"  {names[(int)was],-22} -> {names[(int)became]}");
        return $"Towards \"{names[target]}\" under {threat}, moved by at most {farthest * 255:0.00}/255:\n{string.Join('\n', lines)}";
    }
}
