using RobustWrn.Attacks;
using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Conformance.Audit;

/// <summary>A check with one fault, to show that the contract finds it. Without a name in files, so that no audit finds it.</summary>
internal sealed record BrokenCheck(string Fault, string Clause, Func<BrokenCheck, AuditSubject, CancellationToken, AuditAnswer> Run) : IAuditCheck
{
    private static int _calls;

    public string Name => Fault;

    public long PassesPerExample => 1;

    /// <summary>One check a fault, with the clause it breaks.</summary>
    public static IReadOnlyList<BrokenCheck> All { get; } =
    [
        new("cries wolf", "is made and silent on a sound model", (self, _, _) => Found(self)),
        new("never looks", "is made and silent on a sound model", (_, _, _) => AuditAnswer.CouldNot("it would not.")),
        new("counts its calls", "says the same each time, in rule, value and remedy", (_, _, _) => AuditAnswer.CouldNot($"call {_calls++}.")),
        new("gives no remedy", "says the same each time, in rule, value and remedy", (self, _, _) => AuditAnswer.Found(AuditFinding.Of(self, AuditVerdict.Suspect, "it must be so", "got otherwise", ""))),
        new("speaks for another", "says the same each time, in rule, value and remedy", (_, _, _) => Found(new ZeroGradientCheck())),
        new("asks without end", "stays within its allowance", (_, subject, _) =>
        {
            for (int i = 0; i < 500; i++)
                Ask(subject);
            return AuditAnswer.NothingFound;
        }),
        new("changes a parameter", "leaves the model as it was", (_, subject, _) => { Spoil(subject); return AuditAnswer.NothingFound; }),
        new("trains when asked", "leaves the model as it was", (_, subject, _) => { subject.Module.train(); Ask(subject); return AuditAnswer.NothingFound; }),
        new("keeps a tensor", "releases its tensors", (_, subject, _) => { ones(1).DetachFromDisposeScope(); return AuditAnswer.NothingFound; }),
        new("cannot be stored", "describes itself", (_, _, _) => AuditAnswer.NothingFound),
    ];

    public AuditAnswer Examine(AuditSubject subject, CancellationToken cancellationToken = default) => Run(this, subject, cancellationToken);

    public IEnumerable<Problem> Problems() => [];

    public override string ToString() => Fault;

    private static AuditAnswer Found(IAuditCheck check) => AuditAnswer.Found(AuditFinding.Of(check, AuditVerdict.Suspect, "it must be so", "got otherwise", "Change it."));

    private static void Ask(AuditSubject subject)
    {
        using TorchSharp.DisposeScope scope = TorchSharp.torch.NewDisposeScope();
        subject.Model.Logits(subject.Context([subject.Sample[0]]).Images);
    }

    private static void Spoil(AuditSubject subject)
    {
        using IDisposable guard = no_grad();
        subject.Module.parameters().First().PlusInPlace(1.0);
    }
}
