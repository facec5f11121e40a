using RobustWrn.Attacks;
using RobustWrn.Core;
using RobustWrn.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RobustWrn.Conformance.Objectives;

/// <summary>What every training objective must keep, clause by clause.</summary>
public static class ObjectiveContract
{
    public static SortedDictionary<string, Action<IRobustObjective>> Clauses { get; } = new(StringComparer.Ordinal)
    {
        ["batch norm in the attack"] = EachThreat(BatchStatisticsNotTracked),
        ["batch order does not change an example's attack"] = EachThreat(IndependentOfTheBatch),
        ["cancellation between the steps of an attack"] = EachThreat(Cancellable),
        ["flags and statistics"] = EachThreat(StateKept),
        ["flags and statistics when the model throws"] = EachThreat(StateKeptWhenTheModelThrows),
        ["label smoothing"] = Option("LabelSmoothing", LinearInTheSmoothing),
        ["inner attack"] = Option("InnerAttack", TrainsOnTheAttackGiven),
        ["live tensors"] = EachThreat(NothingLeaks),
        ["loss with a graph"] = EachThreat(LossWithGraph),
        ["same seed, same bits"] = EachThreat(Reproducible),
        ["torch's global generator"] = EachThreat(GlobalGeneratorUntouched),
    };

    private static Action<IRobustObjective> EachThreat(Action<ObjectiveCase> clause) => objective =>
    {
        foreach (ThreatModel threat in ObjectiveCase.Threats)
        {
            using DisposeScope scope = NewDisposeScope();
            using ObjectiveCase given = new(objective, threat);
            clause(given);
        }
    };

    // A clause about a property that objectives have under one name, where it makes sense.
    private static Action<IRobustObjective> Option(string property, Action<ObjectiveCase> clause) => objective =>
    {
        if (objective.GetType().GetProperty(property) is not null)
            EachThreat(clause)(objective);
    };

    /// <summary>Smoothing mixes the label with all classes, so the loss is linear in it, and nothing of it reaches the attack.</summary>
    private static void LinearInTheSmoothing(ObjectiveCase given)
    {
        double[] losses = [.. ((double[])[0, 0.1, 0.4]).Select(smoothing =>
        {
            using ObjectiveCase smoothed = new(given.Objective.With("labelSmoothing", smoothing), given.Threat), plain = new(given.Objective, given.Threat);
            using ObjectiveLoss loss = smoothed.Evaluate(), unsmoothed = plain.Evaluate();
            Assert.True(loss.Adversarial is null || Same(loss.Adversarial, unsmoothed.Adversarial!), "smoothing changed the attack");
            return loss.Total.Number();
        })];

        Assert.NotEqual(losses[0], losses[1], 1e-6);
        Assert.Equal(4 * (losses[1] - losses[0]), losses[2] - losses[0], 1e-9);
    }

    /// <summary>It sees the batch as the context has it, and the update is of what it returns.</summary>
    private static void TrainsOnTheAttackGiven(ObjectiveCase given)
    {
        Pgd attack = new() { Steps = 3, Start = new CleanStart(), Loss = new Margin() };
        using ObjectiveCase attacked = new(given.Objective.With("innerAttack", attack.AsNode()), given.Threat), expected = new(given.Objective, given.Threat);
        using ObjectiveLoss loss = attacked.Evaluate();
        using Tensor images = attack.Perturb(expected.Context().ToAttack(), TestContext.Current.CancellationToken);

        Assert.True(Same(images, loss.Adversarial!), "trained on other images than the given attack finds");
        Assert.NotEmpty(given.Objective.With("innerAttack", new Transfer().AsNode()).Problems());
    }

    private static void LossWithGraph(ObjectiveCase given)
    {
        ObjectiveContext context = given.Context();
        using Tensor imagesBefore = context.Images.clone(), labelsBefore = context.Labels.clone();

        using ObjectiveLoss loss = given.Objective.Evaluate(context, TestContext.Current.CancellationToken);

        Assert.Empty(loss.Total.shape);
        Assert.True(loss.Total.requires_grad, "the total carries no graph");
        Assert.True(double.IsFinite(loss.Total.Number()));
        Parameter[] parameters = [.. given.Network.parameters()];
        foreach (Tensor gradient in autograd.grad([loss.Total], parameters)) // throws for a parameter that is not reached
            Assert.True(gradient.isfinite().all().item<bool>());
        Assert.Equal([ObjectiveCase.Images, ObjectiveCase.Classes], loss.Logits.shape);
        Assert.False(loss.Logits.requires_grad);
        Assert.All(loss.Parts, part => Assert.True(!part.Value.requires_grad && part.Value.dim() == 0 && double.IsFinite(part.Value.Number()), part.Name));
        Assert.Equal(loss.Parts.Count, loss.Parts.Select(part => part.Name).Distinct().Count());
        Assert.True(Same(imagesBefore, context.Images) && Same(labelsBefore, context.Labels), "the batch was changed");
        if (loss.Adversarial is not { } adversarial)
            return;
        Assert.False(adversarial.requires_grad);
        Assert.True(given.Threat.Distance(adversarial, context.Images).max().Number() <= given.Threat.Epsilon + given.Threat.Tolerance, "outside the ball");
        Assert.True((adversarial.IsAtLeast(0) & adversarial.IsAtMost(1)).all().item<bool>(), "outside [0, 1]");
    }

    private static void StateKept(ObjectiveCase given)
    {
        string[] flags = given.Network.Flags;

        using ObjectiveLoss loss = given.Objective.Evaluate(given.Context(), TestContext.Current.CancellationToken);

        Assert.Equal(flags, given.Network.Flags);
        Assert.NotEmpty(given.Network.TrainingInputs);
        Assert.Equal(WatchedNetwork.StatisticsAfter(given.Network.TrainingInputs), given.Network.Statistics);
        // An attack works on one frozen function: what trains are at most the images, the attacked images and the images again.
        Assert.InRange(given.Network.TrainingInputs.Count, 1, 3);
        Assert.Equal(given.Objective.ForwardPasses, given.Network.TrainingInputs.Count);
        Assert.DoesNotContain(true, given.Network.AttackedByTheBatch);
    }

    private static void BatchStatisticsNotTracked(ObjectiveCase given)
    {
        string[] flags = given.Network.Flags;

        using ObjectiveLoss loss = given.Objective.Evaluate(given.Context() with { AttackBatchNorm = BatchNormMode.BatchStatistics }, TestContext.Current.CancellationToken);

        Assert.Equal(flags, given.Network.Flags);
        Assert.Equal(WatchedNetwork.StatisticsAfter(given.Network.TrainingInputs), given.Network.Statistics);
        Assert.InRange(given.Network.TrainingInputs.Count, 1, 3);
        Assert.Equal(loss.Adversarial is not null, given.Network.AttackedByTheBatch.Contains(true));
    }

    private static void StateKeptWhenTheModelThrows(ObjectiveCase given)
    {
        foreach (BatchNormMode mode in Enum.GetValues<BatchNormMode>())
            StateKeptWhenTheModelThrows(given, mode);
    }

    private static void StateKeptWhenTheModelThrows(ObjectiveCase given, BatchNormMode mode)
    {
        int before = given.Network.Passes, passes;
        using (given.Objective.Evaluate(given.Context() with { AttackBatchNorm = mode }, TestContext.Current.CancellationToken))
            passes = given.Network.Passes - before;
        foreach (int failing in (int[])[1, (passes + 1) / 2, passes])
        {
            using ObjectiveCase again = new(given.Objective, given.Threat);
            string[] flags = again.Network.Flags;
            again.Network.OnForward = pass =>
            {
                if (pass == failing)
                    throw new ModelFailed();
            };

            Assert.Throws<ModelFailed>(() => again.Objective.Evaluate(again.Context() with { AttackBatchNorm = mode }, TestContext.Current.CancellationToken));

            Assert.Equal(flags, again.Network.Flags);
            Assert.Equal(WatchedNetwork.StatisticsAfter(again.Network.TrainingInputs), again.Network.Statistics);
        }
    }

    private static void Reproducible(ObjectiveCase given)
    {
        using ObjectiveCase again = new(given.Objective, given.Threat);

        using ObjectiveLoss first = given.Objective.Evaluate(given.Context(), TestContext.Current.CancellationToken);
        using ObjectiveLoss second = given.Objective.Evaluate(again.Context(), TestContext.Current.CancellationToken);

        Assert.True(Same(first.Total, second.Total), "other loss");
        Assert.True(Same(first.Logits, second.Logits), "other logits");
        Assert.Equal(first.Adversarial is null, second.Adversarial is null);
        Assert.True(first.Adversarial is null || Same(first.Adversarial, second.Adversarial!), "other adversarial images");
    }

    private static void IndependentOfTheBatch(ObjectiveCase given)
    {
        long[] forward = [3, 10, 7, 0, 25, 4], backward = [4, 25, 0, 7, 10, 3], part = [7, 25];

        using ObjectiveLoss whole = Attacked(forward), turned = Attacked(backward), half = Attacked(part);

        Assert.Equal(whole.Adversarial is null, half.Adversarial is null);
        if (whole.Adversarial is null)
            return;
        Assert.True(whole.Adversarial.allclose(turned.Adversarial!.flip(0), rtol: 0, atol: 1e-9), "another order, other images");
        Assert.True(whole.Adversarial.index_select(0, tensor([2L, 4L])).allclose(half.Adversarial!, rtol: 0, atol: 1e-9), "another batch size, other images");

        ObjectiveLoss Attacked(long[] examples)
        {
            using ObjectiveCase fresh = new(given.Objective, given.Threat);
            return fresh.Objective.Evaluate(fresh.Context(1, examples), TestContext.Current.CancellationToken);
        }
    }

    private static void Cancellable(ObjectiveCase given)
    {
        using CancellationTokenSource before = new(), during = new();
        before.Cancel();
        string[] flags = given.Network.Flags, statistics = given.Network.Statistics;
        Assert.ThrowsAny<OperationCanceledException>(() => given.Objective.Evaluate(given.Context(), before.Token));
        Assert.Equal(0, given.Network.Passes);

        bool attacks = false;
        given.Network.OnForward = pass =>
        {
            attacks |= !given.Network.training;
            during.Cancel();
        };
        try
        {
            using ObjectiveLoss loss = given.Objective.Evaluate(given.Context(), during.Token);
            Assert.False(attacks, "an attack went on after the cancellation");
            return;
        }
        catch (OperationCanceledException e)
        {
            Assert.Equal(during.Token, e.CancellationToken);
        }
        Assert.Equal(flags, given.Network.Flags);
        Assert.Equal(statistics, given.Network.Statistics);
        Assert.InRange(given.Network.Passes, 1, 2);
    }

    private static void NothingLeaks(ObjectiveCase given)
    {
        ObjectiveContext context = given.Context();
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (int i = 0; i < 2; i++)
        {
            using (ObjectiveLoss loss = given.Objective.Evaluate(context, TestContext.Current.CancellationToken))
                given.Network.Forget();
            Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }
        int failing = given.Network.Passes + (given.Network.Passes / 2 + 1) / 2;
        given.Network.OnForward = pass =>
        {
            if (pass == failing)
                throw new ModelFailed();
        };
        Assert.Throws<ModelFailed>(() => given.Objective.Evaluate(context, TestContext.Current.CancellationToken));
        given.Network.Forget();
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static void GlobalGeneratorUntouched(ObjectiveCase given)
    {
        using Tensor before = get_rng_state();

        using ObjectiveLoss loss = given.Objective.Evaluate(given.Context(), TestContext.Current.CancellationToken);

        using Tensor after = get_rng_state();
        Assert.True(Same(before, after), "torch's global generator moved");
    }

    private static bool Same(Tensor left, Tensor right)
    {
        using DisposeScope scope = NewDisposeScope();
        return left.shape.SequenceEqual(right.shape) && left.detach().contiguous().bytes.SequenceEqual(right.detach().contiguous().bytes);
    }

    private sealed class ModelFailed : Exception;
}
