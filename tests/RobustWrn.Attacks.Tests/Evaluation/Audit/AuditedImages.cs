using RobustWrn.Core;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>Small images of four classes, each a coarse pattern of its own under noise, on the grid of 8 bits, and networks trained on them.</summary>
internal static class AuditedImages
{
    public const int Classes = 4, Channels = 3, Side = 8;

    private static readonly Lazy<Classifier> Shared = new(() => Train(SmallWideResNet));

    public static LinfThreat Threat { get; } = ThreatModel.Linf(12, outOf: 255);

    public static AttackSuite Pgd20 { get; } = AttackSuite.Of("PGD-20", new Pgd());

    /// <summary>AutoAttack's four attacks with a twentieth of their steps.</summary>
    public static AttackSuite ShortAutoAttack { get; } = AttackSuite.AutoAttack with { Attacks = AttackSuite.AutoAttack.Attacks.Select(attack => attack.WithEffort(0.05)).ToValueList() };

    /// <summary>A network that defends itself by training alone; the broken models of the tests are made of it.</summary>
    public static Classifier Sound => Shared.Value;

    public static WideResNetSpec SmallWideResNet => WideResNetSpec.Of(stem: 4, depths: [1, 1], widths: [6, 8]) with { Classes = Classes };

    /// <summary>Images of a split. Their ids are not their positions.</summary>
    public static TensorSource Draw(string split, int count)
    {
        using DisposeScope scope = NewDisposeScope();
        long[] ids = [.. Enumerable.Range(0, count).Select(i => 3L * i + 7)];
        Tensor labels = ScalarArithmetic.Counting(count).Modulo(Classes);
        Tensor noise = RandomStream.From(4).For(split).Normal(ids, [Channels, Side, Side]).Times(0.12);
        Tensor pixels = (Patterns().index_select(0, labels).Times(0.1).Plus(0.5).Plus(noise)).Clamped(0, 1).Times(255.0).round().Over(255);
        return new TensorSource(pixels.DetachFromDisposeScope(), labels.DetachFromDisposeScope(), ids);
    }

    /// <summary>The pattern of each class, (classes, C, H, W).</summary>
    public static Tensor Patterns() =>
        RandomStream.From(4).For("patterns").Normal([0, 1, 2, 3], [Channels, 2, 2]).repeat_interleave(Side / 2, 2).repeat_interleave(Side / 2, 3);

    /// <summary>A network after some steps of adversarial training (PGD of two steps).</summary>
    public static Classifier Train(INetworkSpec spec, Seed seed = default)
    {
        using DisposeScope outer = NewDisposeScope();
        using IDisposable guard = enable_grad();
        Classifier classifier = spec.Build(seed);
        TensorSource images = Draw("training", 256);
        Parameter[] parameters = [.. classifier.parameters()];
        Tensor[] velocities = [.. parameters.Select(parameter => zeros_like(parameter, requires_grad: false))];
        Pgd attack = new() { Steps = 2, StepSize = Threat.Epsilon / 2 };
        for (int step = 0; step < 60; step++)
        {
            using DisposeScope scope = NewDisposeScope();
            using ImageBatch batch = images.Read([.. RandomStream.From(2).At(step).Permutation(images.Count).Take(32)]);
            Tensor moved = attack.Perturb(new AttackContext(classifier, batch.Images, batch.Labels, Threat) { Noise = RandomStream.From(3).At(step) });
            classifier.train();
            Tensor loss = nn.functional.cross_entropy(classifier.call(moved), batch.Labels);
            Descend(parameters, velocities, autograd.grad([loss], parameters));
        }
        // Statistics of the last weights: in so few steps they lag behind.
        using ImageBatch all = images.Read([.. Enumerable.Range(0, 256).Select(i => (long)i)]);
        using IDisposable none = no_grad();
        for (int pass = 0; pass < 30; pass++)
            classifier.call(all.Images).Dispose();
        classifier.eval();
        return classifier;
    }

    // Gradient descent with momentum.
    private static void Descend(Parameter[] parameters, Tensor[] velocities, IList<Tensor> gradients)
    {
        using IDisposable guard = no_grad();
        for (int i = 0; i < parameters.Length; i++)
            parameters[i].PlusInPlace(velocities[i].TimesInPlace(0.9).PlusInPlace(gradients[i]), -0.05);
    }
}
