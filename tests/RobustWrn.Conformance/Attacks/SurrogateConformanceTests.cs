using System.Reflection;
using RobustWrn.Attacks;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Conformance.Attacks;

/// <summary>An attack says whether it needs another model: an evaluation believes it, and lets no suite begin that would stop after hours.</summary>
public sealed class SurrogateConformanceTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public static TheoryData<string> Names() => [.. LibraryAttacks.All.Keys];

    public static TheoryData<string> Wrappers() => [.. LibraryAttacks.All.Where(pair => Wrapped(pair.Value) is not null).Select(pair => pair.Key)];

    public void Dispose() => _scope.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Perturb_WithoutASurrogate_RunsUnlessTheAttackSaysThatItNeedsOne(string name)
    {
        IAttack attack = LibraryAttacks.Short(name);
        using ContractNetwork model = new(ScalarType.Float32);
        using ContractBatch batch = new(3);
        AttackContext context = batch.Context(model, ThreatModel.Linf(8, outOf: 255)) with { Surrogate = null };

        if (attack.NeedsSurrogate)
            Assert.Contains("Surrogate", Assert.Throws<ArgumentException>(() => attack.Perturb(context)).Message);
        else
            attack.Perturb(context).Dispose();
    }

    [Theory]
    [MemberData(nameof(Wrappers))]
    public void NeedsSurrogate_AttackAroundAnother_SaysWhatThatOneSays(string name)
    {
        IAttack wrapper = LibraryAttacks.Default(name);
        Wrapped(wrapper.GetType())!.SetValue(wrapper, new Transfer());

        Assert.True(wrapper.NeedsSurrogate);
    }

    private static PropertyInfo? Wrapped(Type attack) => Array.Find(attack.GetProperties(), property => property.PropertyType == typeof(IAttack));
}
