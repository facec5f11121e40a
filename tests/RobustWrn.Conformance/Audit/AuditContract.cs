using RobustWrn.Attacks;
using RobustWrn.Conformance.Attacks;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Conformance.Audit;

/// <summary>What any check of an audit must keep, clause by clause. Each throws when a check breaks it.</summary>
public static class AuditContract
{
    private static readonly ThreatModel Threat = ThreatModel.Linf(8, outOf: 255);
    private static readonly AttackSuite Suite = AttackSuite.Of("PGD-5", new Pgd { Steps = 5 });

    public static IReadOnlyDictionary<string, Action<IAuditCheck>> Clauses { get; } = new Dictionary<string, Action<IAuditCheck>>
    {
        ["is made and silent on a sound model"] = IsMadeAndSilentOnASoundModel,
        ["says the same each time, in rule, value and remedy"] = SaysTheSameEachTimeInRuleValueAndRemedy,
        ["stays within its allowance"] = StaysWithinItsAllowance,
        ["leaves the model as it was"] = LeavesTheModelAsItWas,
        ["leaves the model as it was when it throws"] = LeavesTheModelAsItWasWhenItThrows,
        ["releases its tensors"] = ReleasesItsTensors,
        ["stops when told"] = StopsWhenTold,
        ["describes itself"] = DescribesItself,
    };

    private static void IsMadeAndSilentOnASoundModel(IAuditCheck check)
    {
        foreach (ThreatModel threat in (ThreatModel[])[Threat, ThreatModel.L2(0.3), ThreatModel.L1(2)])
        {
            using AuditedNetwork network = new(24, threat);
            AuditReport report = network.Audit(check);
            Assert.Empty(report.NotMade);
            Assert.Empty(report.Findings);
        }
    }

    private static void SaysTheSameEachTimeInRuleValueAndRemedy(IAuditCheck check)
    {
        foreach (string fault in AuditedNetwork.Faults)
        {
            using AuditedNetwork network = new(24, Threat, fault);
            AuditReport report = network.Audit(check);
            network.BeginAnew();
            Assert.Equal(report, network.Audit(check));
            foreach (AuditFinding finding in report.Findings)
            {
                Assert.Equal(check.Name, finding.Check);
                Assert.NotEqual(AuditVerdict.Trustworthy, finding.Severity);
                Assert.Contains(" must ", finding.Rule);
                Assert.Matches("^got .*", finding.Value);
                Assert.EndsWith(".", finding.Remedy);
                Assert.DoesNotContain("\n", finding.Message);
            }
            Assert.All(report.NotMade, gap => Assert.EndsWith(".", gap.Reason));
        }
    }

    private static void StaysWithinItsAllowance(IAuditCheck check)
    {
        foreach (double share in (double[])[0.001, 0.1, 0.3])
        {
            using AuditedNetwork network = new(24, Threat);
            AuditReport report = network.Audit(check, share);
            Assert.InRange(report.Passes, 0, report.Budget);
        }
    }

    private static void LeavesTheModelAsItWas(IAuditCheck check)
    {
        using ContractNetwork model = new();
        using ContractBatch batch = new(24);
        using ModelState before = new(model);
        RobustnessEvaluation.Run(model, new BatchSource(batch), Threat, Suite, Options(check, model));
        before.AssertUnchanged();
        Assert.DoesNotContain(true, model.TrainingWhenCalled);
    }

    private static void LeavesTheModelAsItWasWhenItThrows(IAuditCheck check)
    {
        using ContractBatch batch = new(24);
        int calls;
        using (ContractNetwork model = new())
        {
            RobustnessEvaluation.Run(model, new BatchSource(batch), Threat, Suite, Options(check, model) with { Audit = null });
            calls = model.Calls;
        }
        for (int call = calls + 1; call <= calls + 3; call++)
        {
            using ContractNetwork model = new();
            using ModelState before = new(model);
            int last = call;
            model.OnCall = number => { if (number >= last) throw new ModelFailedException(); };
            RobustnessResult result = RobustnessEvaluation.Run(model, new BatchSource(batch), Threat, Suite, Options(check, model));
            before.AssertUnchanged();
            Assert.Equal(1, result.Audit!.Made.Count + result.Audit.NotMade.Count);
        }
    }

    private static void ReleasesItsTensors(IAuditCheck check)
    {
        using AuditedNetwork network = new(24, Threat);
        network.Audit(check); // what is built once stays
        long baseline = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (int run = 0; run < 3; run++)
            network.Audit(check);
        Assert.Equal(baseline, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static void StopsWhenTold(IAuditCheck check)
    {
        using AuditedNetwork network = new(24, Threat);
        using CancellationTokenSource source = new();
        // Told when the last attack is done, so that the audit is what stops.
        Assert.ThrowsAny<OperationCanceledException>(() => network.Audit(check, cancellation: source));
    }

    private static void DescribesItself(IAuditCheck check)
    {
        Assert.Empty(check.Problems());
        Assert.Equal(DescriptionTypes.NameOf(check.GetType()), check.Name);
        Assert.Equal(check, DescriptionJson.Read<IAuditCheck>(DescriptionJson.Write(check)));
        Assert.InRange(check.PassesPerExample, 0, 1_000);
    }

    private static EvaluationOptions Options(IAuditCheck check, nn.Module<Tensor, Tensor> surrogate) =>
        new() { BlockSize = 16, Surrogate = surrogate, Audit = new EvaluationAudit { Checks = [check], Share = 1 } };
}
