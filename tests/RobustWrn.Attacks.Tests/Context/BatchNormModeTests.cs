using RobustWrn.Core;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Attacks.Tests;

/// <summary>Attacks by the statistics of the batch, against the formula of batch normalisation written out.</summary>
public sealed class BatchNormModeTests : IDisposable
{
    private const double Epsilon = 1e-5;

    private readonly DisposeScope _scope = NewDisposeScope();

    private readonly Tensor _images = RandomStream.From(4).Uniform([0, 1, 2], [2, 3, 3], ScalarType.Float64), _labels = tensor([0L, 7, 12]);

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Logits_BatchStatistics_AreTheFormulas()
    {
        using Sequential network = Network();
        using AttackedModel model = new(network, BatchNormMode.BatchStatistics), expected = new(Formula);

        Assert.True(model.Logits(_images).allclose(expected.Logits(_images), rtol: 0, atol: 1e-12));
        Assert.True(model.Logits(_images.narrow(0, 1, 2)).allclose(expected.Logits(_images.narrow(0, 1, 2)), rtol: 0, atol: 1e-12));
    }

    /// <summary>The gradient goes through mean and variance, so that examples move each other.</summary>
    [Fact]
    public void Gradient_BatchStatistics_GoesThroughTheStatistics()
    {
        using Sequential network = Network();
        using AttackedModel model = new(network, BatchNormMode.BatchStatistics), expected = new(Formula);
        AttackGoal goal = new(_labels);

        Tensor gradient = model.Gradient(_images, new CrossEntropy(), goal);

        Assert.True(gradient.allclose(expected.Gradient(_images, new CrossEntropy(), goal), rtol: 0, atol: 1e-12));
        Assert.False(gradient.allclose(model.Gradient(_images.narrow(0, 0, 1), new CrossEntropy(), new AttackGoal(_labels.narrow(0, 0, 1))), rtol: 0, atol: 1e-3));
    }

    [Fact]
    public void Perturb_BatchStatistics_FindsWhatItFindsOnTheFormula()
    {
        using Sequential network = Network();
        AttackContext context = new(network, _images, _labels, ThreatModel.Linf(0.1)) { BatchNorm = BatchNormMode.BatchStatistics };
        foreach (IAttack attack in (IAttack[])[new Pgd { Steps = 5, Restarts = 2 }, new Apgd { Steps = 8, Restarts = 2 }, new TargetedApgd { Steps = 4, TargetClasses = 2 }, new CwLinf { Steps = 5 }])
        {
            Tensor found = attack.Perturb(context), expected = attack.Perturb(context with { Model = Formula });
            Assert.True(found.allclose(expected, rtol: 0, atol: 1e-9), attack.Name);
        }
    }

    /// <summary>An example that left would change the statistics of those that stay.</summary>
    [Fact]
    public void Perturb_BatchStatistics_LetsNoExampleLeave()
    {
        List<long> batches = [];
        Lambda counted = new(images => { batches.Add(images.shape[0]); return Formula.call(images); });
        AttackContext context = new(counted, _images, _labels, ThreatModel.Linf(0.5)) { BatchNorm = BatchNormMode.BatchStatistics };

        foreach (IAttack attack in (IAttack[])[new Pgd { Steps = 5, Restarts = 2 }, new Apgd { Steps = 8, Restarts = 2 }, new TargetedApgd { Steps = 4, TargetClasses = 2 }])
            attack.Perturb(context);

        Assert.All(batches, images => Assert.Equal(3, images));
    }

    /// <summary>The view of a network has its running statistics folded in: it must not stand in for the network here.</summary>
    [Fact]
    public void Gradient_NetworkWithAView_DoesWithoutIt()
    {
        using Classifier classifier = WideResNetSpec.Of(stem: 4, depths: [1, 1], widths: [4, 8]).WithStage(0, stage => stage with { Dropout = 0.5 }).Build(1);
        using Classifier twin = WideResNetSpec.Of(stem: 4, depths: [1, 1], widths: [4, 8]).Build(1);
        Tensor images = RandomStream.From(1).Uniform([0, 1, 2, 3], [3, 8, 8]);
        byte[][] before = [.. classifier.state_dict().Values.Select(value => value.bytes.ToArray())];
        classifier.train();
        twin.train();

        Tensor[] logits;
        using (AttackedModel model = new(classifier, BatchNormMode.BatchStatistics))
        {
            Assert.False(model.HasView);
            logits = [model.Logits(images), model.SteeringLogits(images), model.LogitsAndGradient(images, seen => seen.sum()).Logits];
        }

        Tensor expected = twin.call(images);
        Assert.All(logits, seen => Assert.True(seen.allclose(expected, rtol: 0, atol: 1e-6)));
        Assert.All(classifier.modules(), module => Assert.True(module.training));
        Assert.Equal(before, classifier.state_dict().Values.Select(value => value.bytes.ToArray()));
    }

    [Fact]
    public void Gradient_NetworkWithoutBatchNorm_KeepsItsView()
    {
        WideResNetSpec spec = WideResNetSpec.Of(stem: 4, depths: [1, 1], widths: [4, 8]) with { FeatureNormalization = new GroupNormalization() };
        using Classifier classifier = spec.Build(1);
        using AttackedModel model = new(classifier, BatchNormMode.BatchStatistics), evaluation = new(classifier);

        Assert.Equal(evaluation.HasView, model.HasView);
    }

    private static Lambda Formula => new(images =>
    {
        Tensor mean = images.mean([0, 2, 3], keepdim: true), centred = images - mean;
        return (centred / centred.Squared().mean([0, 2, 3], keepdim: true).Plus(Epsilon).sqrt()).flatten(1);
    });

    private static Sequential Network()
    {
        BatchNorm norm = (BatchNorm)new BatchNormalization { Epsilon = Epsilon }.Build(2).to(ScalarType.Float64);
        using IDisposable guard = no_grad();
        norm.running_mean!.FillInPlace(3);
        norm.running_var!.FillInPlace(7);
        return nn.Sequential(norm, nn.Dropout(0.5), nn.Flatten());
    }
}
