using RobustWrn.Attacks;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Conformance.Attacks;

/// <summary>What any attack must keep, clause by clause. Each throws when an attack breaks it.</summary>
public static class AttackContract
{
    private static readonly ThreatModel[] Threats = [ThreatModel.Linf(8, outOf: 255), ThreatModel.L2(0.3), ThreatModel.L1(2)];

    public static IReadOnlyDictionary<string, Action<IAttack>> Clauses { get; } = new Dictionary<string, Action<IAttack>>
    {
        ["stays in ball and box"] = StaysInBallAndBox,
        ["lowers accuracy"] = LowersAccuracy,
        ["reaches targets"] = ReachesTargets,
        ["takes any size"] = TakesAnySize,
        ["leaves the model as it was"] = LeavesTheModelAsItWas,
        ["leaves the model as it was when it throws"] = LeavesTheModelAsItWasWhenItThrows,
        ["normalises by the batch where it is told to"] = NormalisesByTheBatch,
        ["takes the mean of as many passes as it is told to"] = TakesTheMeanOfPasses,
        ["leaves images and labels alone"] = LeavesImagesAndLabelsAlone,
        ["gives equal bits for equal batches"] = GivesEqualBits,
        ["keys noise by example"] = KeysNoiseByExample,
        ["stops between steps"] = StopsBetweenSteps,
        ["releases its tensors"] = ReleasesItsTensors,
        ["works where gradients are off"] = WorksWhereGradientsAreOff,
        ["describes itself"] = DescribesItself,
        ["stands models that write into their input"] = AttackGuards.ModelMayWriteIntoItsInput,
        ["refuses other numbers"] = AttackGuards.OtherNumbersAreRefused,
        ["refuses other answers"] = AttackGuards.OtherAnswersAreRefused,
        ["refuses a second thread"] = AttackGuards.SecondThreadIsRefused,
        ["takes any layout"] = AttackGuards.AnyLayoutIsAttackedAlike,
    };

    private static void StaysInBallAndBox(IAttack attack)
    {
        foreach (ThreatModel threat in Threats)
        {
            foreach (ScalarType dtype in (ScalarType[])[ScalarType.Float32, ScalarType.Float64])
            {
                using ContractNetwork model = new(dtype);
                using ContractBatch batch = new(6, dtype: dtype, withExtremes: true);
                using Tensor moved = attack.Perturb(batch.Context(model, threat));
                Assert.Equal(batch.Images.shape, moved.shape);
                Assert.Equal(dtype, moved.dtype);
                Assert.True((moved.IsAtLeast(0) & moved.IsAtMost(1)).all().item<bool>(), "a pixel left [0, 1], or is NaN");
                double distance = threat.Distance(moved, batch.Images).max().Number();
                Assert.True(distance <= threat.Epsilon + threat.Tolerance, $"moved {distance:g9} under {threat}");
            }
        }
    }

    private static void LowersAccuracy(IAttack attack)
    {
        using ContractBatch batch = new(8);
        foreach (ThreatModel threat in Threats)
        {
            using ContractLinear model = ContractLinear.Within(batch, threat, reach: 0.2);
            using Tensor moved = attack.Perturb(batch.Context(model, threat));
            Tensor before = model.call(batch.Images), after = model.call(moved);
            long right = after.argmax(1).eq(batch.Labels).sum().item<long>();
            Assert.Equal(8, before.argmax(1).eq(batch.Labels).sum().item<long>());
            Assert.True(right < 8, $"all 8 images are still right under {threat}, although a fifth of the radius is enough");
            double rise = (nn.functional.cross_entropy(after, batch.Labels) - nn.functional.cross_entropy(before, batch.Labels)).Number();
            Assert.True(rise > 0, $"the loss rose by {rise:g4}");
        }
    }

    private static void ReachesTargets(IAttack attack)
    {
        using ContractBatch batch = new(8);
        ThreatModel threat = Threats[0];
        using ContractLinear model = ContractLinear.Within(batch, threat, reach: 0.2);
        Tensor targets = ones_like(batch.Labels) - batch.Labels;
        using Tensor moved = attack.Perturb(batch.Context(model, threat) with { Targets = targets });
        long reached = model.call(moved).argmax(1).eq(targets).sum().item<long>();
        Assert.True(reached > 0, "no image reached its target, although a fifth of the radius is enough");

        using Tensor unmoved = attack.Perturb(batch.Context(model, threat) with { Targets = batch.Labels });
        Assert.Equal(8, model.call(unmoved).argmax(1).eq(batch.Labels).sum().item<long>());
    }

    private static void TakesAnySize(IAttack attack)
    {
        using ContractBatch batch = new(3, channels: 1, height: 5, width: 7);
        using ContractLinear model = ContractLinear.Within(batch, Threats[0], reach: 0.2);
        using Tensor moved = attack.Perturb(batch.Context(model, Threats[0]));
        Assert.Equal([3, 1, 5, 7], moved.shape);
    }

    private static void LeavesTheModelAsItWas(IAttack attack)
    {
        using ContractNetwork model = new();
        using ContractBatch batch = new(4);
        using ModelState before = new(model);
        attack.Perturb(batch.Context(model, Threats[0])).Dispose();
        before.AssertUnchanged();
        Assert.True(model.Calls > 0, "the attack must ask the model");
        Assert.All([.. model.TrainingWhenCalled, .. model.BatchNormsWhenCalled], training => Assert.False(training, "the model must be attacked in evaluation mode"));
    }

    private static void NormalisesByTheBatch(IAttack attack)
    {
        using ContractNetwork model = new();
        using ContractBatch batch = new(4);
        using ModelState before = new(model);
        attack.Perturb(batch.Context(model, Threats[0]) with { BatchNorm = BatchNormMode.BatchStatistics }).Dispose();
        before.AssertUnchanged();
        Assert.Contains(true, model.BatchNormsWhenCalled);
        Assert.All(model.TrainingWhenCalled, training => Assert.False(training, "everything but batch norm must stay in evaluation mode"));
    }

    private static void TakesTheMeanOfPasses(IAttack attack)
    {
        // One that asks the attacked model for no gradient has nothing to take the mean of.
        if (attack.Losses.Count == 0)
            return;
        using ContractBatch batch = new(4);
        int once = Calls(draws: 1), thrice = Calls(draws: 3);
        Assert.True(thrice > once, $"told to take the mean of 3 passes, it called the model {thrice} times, as for one: {once}");

        int Calls(int draws)
        {
            using ContractNetwork model = new();
            // Images that are right, so that there is something to attack.
            using Tensor labels = Predicted(model, batch.Images);
            int before = model.Calls;
            attack.Perturb(batch.Context(model, Threats[0]) with { Labels = labels, GradientDraws = draws }).Dispose();
            return model.Calls - before;
        }
    }

    private static Tensor Predicted(ContractNetwork model, Tensor images)
    {
        using IDisposable guard = no_grad();
        using AttackedModel attacked = new(model);
        using Tensor logits = attacked.Logits(images);
        return logits.argmax(1);
    }

    private static void LeavesTheModelAsItWasWhenItThrows(IAttack attack)
    {
        foreach ((int call, BatchNormMode mode) in (ReadOnlySpan<(int, BatchNormMode)>)[(1, default), (2, default), (3, default), (2, BatchNormMode.BatchStatistics)])
        {
            using ContractNetwork model = new();
            using ContractBatch batch = new(4);
            using ModelState before = new(model);
            int last = call;
            model.OnCall = number => { if (number == last) throw new ModelFailedException(); };
            try
            {
                attack.Perturb(batch.Context(model, Threats[0]) with { BatchNorm = mode }).Dispose();
                Assert.True(model.Calls < call, "the model's exception must reach the caller");
            }
            catch (ModelFailedException)
            {
            }
            before.AssertUnchanged();
        }
    }

    private static void LeavesImagesAndLabelsAlone(IAttack attack)
    {
        using ContractNetwork model = new();
        using ContractBatch batch = new(4);
        using Tensor images = batch.Images.clone(), labels = batch.Labels.clone();
        AttackContext context = batch.Context(model, Threats[0]);
        using (Tensor moved = attack.Perturb(context))
        {
            Assert.False(ReferenceEquals(moved, context.Images), "the result must be a new tensor");
            moved.detach().FillInPlace(0.5);
        }
        Assert.False(batch.Images.IsInvalid || batch.Labels.IsInvalid, "the caller's tensors must not be disposed");
        Assert.True(batch.Images.eq(images).all().item<bool>() && batch.Labels.eq(labels).all().item<bool>(), "the caller's tensors must not change, nor share memory with the result");
        Assert.False(batch.Images.requires_grad, "the caller's images must not start to require a gradient");
    }

    private static void GivesEqualBits(IAttack attack)
    {
        using ContractNetwork model = new();
        using ContractBatch batch = new(4);
        foreach (ThreatModel threat in Threats)
        {
            using Tensor first = attack.Perturb(batch.Context(model, threat)), second = attack.Perturb(batch.Context(model, threat));
            Assert.True(first.eq(second).all().item<bool>(), "two runs with one seed must give the same bits");
        }
    }

    private static void KeysNoiseByExample(IAttack attack)
    {
        // Where nothing changes the logits, what an attack returns is where its noise put it.
        using ContractLinear flat = ContractLinear.Constant();
        using ContractBatch batch = new(6);
        long[] order = [4, 1, 5];
        foreach (ThreatModel threat in Threats)
        {
            Tensor rows = tensor(order);
            AttackContext all = batch.Context(flat, threat), some = all.Rows(rows);
            using Tensor whole = attack.Perturb(all), part = attack.Perturb(some);
            Assert.True(whole.index_select(0, rows).eq(part).all().item<bool>(), $"an example's noise depends on its batch under {threat}");
        }
    }

    private static void StopsBetweenSteps(IAttack attack)
    {
        using ContractBatch batch = new(4);
        using (ContractNetwork untouched = new())
        {
            Assert.ThrowsAny<OperationCanceledException>(() => attack.Perturb(batch.Context(untouched, Threats[0]), new CancellationToken(canceled: true)));
            Assert.Equal(0, untouched.Calls);
        }
        for (int call = 1; call <= 4; call++)
        {
            using ContractNetwork model = new();
            using ModelState before = new(model);
            using CancellationTokenSource source = new();
            int last = call;
            model.OnCall = number => { if (number == last) source.Cancel(); };
            try
            {
                attack.Perturb(batch.Context(model, Threats[0]), source.Token).Dispose();
            }
            catch (OperationCanceledException)
            {
            }
            Assert.True(model.Calls <= call + 1, $"cancelled during call {call}, it called the model {model.Calls - call} times more");
            before.AssertUnchanged();
        }
    }

    private static void ReleasesItsTensors(IAttack attack)
    {
        using ContractNetwork model = new();
        using ContractBatch batch = new(4);
        AttackContext context = batch.Context(model, Threats[1]);
        attack.Perturb(context).Dispose(); // what is built once stays
        long baseline = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (int run = 0; run < 3; run++)
            attack.Perturb(context).Dispose();
        Assert.Equal(baseline, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static void WorksWhereGradientsAreOff(IAttack attack)
    {
        using ContractBatch batch = new(4);
        using ContractNetwork model = new();
        using Tensor expected = attack.Perturb(batch.Context(model, Threats[0]));
        using IDisposable guard = no_grad();
        using DisposeScope outer = NewDisposeScope();
        Tensor actual = attack.Perturb(batch.Context(model, Threats[0]));
        Assert.False(actual.IsInvalid || actual.requires_grad);
        Assert.True(outer.Contains(actual), "the result must belong to the caller's scope");
        Assert.True(actual.eq(expected).all().item<bool>(), "under no_grad it must find the same");
        Assert.False(is_grad_enabled(), "the caller's gradient mode must stay");
    }

    private static void DescribesItself(IAttack attack)
    {
        Assert.Empty(attack.Problems());
        Assert.False(string.IsNullOrWhiteSpace(attack.Name));
        Assert.True(attack.MaxGradients >= 1);
        Assert.Equal(attack, attack.WithEffort(1));
        Assert.True(attack.WithEffort(0.01).MaxGradients <= attack.MaxGradients);
        Assert.Equal(attack, DescriptionJson.Read<IAttack>(DescriptionJson.Write(attack)));
    }
}
