using RobustWrn.Attacks;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Training.Tests;

/// <summary>What batch norm goes by in the attack: a field of the recipe, which reaches the attack and nothing else.</summary>
public class AttackBatchNormTests
{
    [Theory]
    [InlineData(BatchNormMode.Evaluation)]
    [InlineData(BatchNormMode.BatchStatistics)]
    public void Fit_RecipeSaysSo_ReachesTheAttack(BatchNormMode mode)
    {
        using Classifier classifier = Small.Network.Build(1);
        List<BatchNormMode> asked = [];

        Small.Fit(classifier, new Asking(asked), Small.Recipe with { Epochs = 1, AttackBatchNorm = mode });

        Assert.Equal(4, asked.Count);
        Assert.All(asked, seen => Assert.Equal(mode, seen));
    }

    /// <summary>The attack by hand: ascent on the network in training mode, whose statistics nobody keeps.</summary>
    [Fact]
    public void Evaluate_BatchStatistics_AttacksTheNetworkInTrainingMode()
    {
        using DisposeScope scope = NewDisposeScope();
        using Classifier classifier = Small.Network.Build(1), twin = Small.Network.Build(1), other = Small.Network.Build(1);
        using ImageBatch batch = new Bars(8, 1).Read([0, 1, 2, 3]);
        ObjectiveContext context = new(classifier, batch.Images, batch.Labels, Small.Threat) { AttackBatchNorm = BatchNormMode.BatchStatistics };
        foreach (Classifier training in (Classifier[])[classifier, twin, other])
            training.train();

        Madry objective = new() { InnerAttack = Madry.DefaultAttack with { Steps = 2, Start = new CleanStart() } };
        using ObjectiveLoss loss = objective.Evaluate(context), evaluated = objective.Evaluate(context with { Model = other, AttackBatchNorm = BatchNormMode.Evaluation });

        Tensor point = batch.Images.clone();
        for (int step = 0; step < 2; step++)
        {
            using Tensor leaf = point.detach().requires_grad_();
            Tensor gradient = autograd.grad([nn.functional.cross_entropy(twin.call(leaf), batch.Labels)], [leaf])[0];
            point = Small.Threat.Project(point.Plus(gradient.sign().Times(2.5 * Small.Threat.Epsilon / 2)), batch.Images);
        }
        Assert.True(loss.Adversarial!.allclose(point, rtol: 0, atol: 1e-6));
        Assert.False(evaluated.Adversarial!.allclose(point, rtol: 0, atol: 1e-6));
    }

    [Fact]
    public void Recipe_AsJson_KeepsTheMode()
    {
        TrainingRecipe recipe = new() { AttackBatchNorm = BatchNormMode.BatchStatistics };
        string json = DescriptionJson.Write(recipe);

        Assert.Contains("\"attackBatchNorm\": \"batchStatistics\"", json);
        Assert.Equal(recipe, DescriptionJson.Read<TrainingRecipe>(json));
        Assert.Equal("AttackBatchNorm", Assert.Single(new TrainingRecipe { AttackBatchNorm = (BatchNormMode)7 }.Problems()).Subject);
    }

    private sealed class Asking(List<BatchNormMode> asked) : IRobustObjective
    {
        public string Name => "asking";

        public ObjectiveLoss Evaluate(ObjectiveContext context, CancellationToken cancellationToken = default)
        {
            asked.Add(context.ToAttack().BatchNorm);
            return new Natural().Evaluate(context, cancellationToken);
        }

        public IEnumerable<Problem> Problems() => [];
    }
}
