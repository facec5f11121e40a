using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using RobustWrn.Attacks;
using RobustWrn.Core;
using RobustWrn.Search;
using RobustWrn.Training;
using TorchSharp;

namespace RobustWrn.Architecture.Tests;

/// <summary>
/// A value of any type of the library with something in every part: long lists, numbers with fractions, every nullable given or none.
/// </summary>
internal sealed class SampleValue(bool nullables)
{
    private const int Long = 200;

    private static readonly Dictionary<Type, object> Known = new()
    {
        [typeof(string)] = "word",
        [typeof(double)] = 1234.5678,
        [typeof(float)] = 0.25f,
        [typeof(int)] = 3,
        [typeof(long)] = 1_234_567L,
        [typeof(bool)] = true,
        [typeof(TimeSpan)] = TimeSpan.FromMinutes(83.4),
        [typeof(DateTimeOffset)] = new DateTimeOffset(2026, 11, 28, 1, 2, 3, TimeSpan.Zero),
        [typeof(CancellationToken)] = CancellationToken.None,
        [typeof(Proportion)] = new Proportion(47, 60),
        [typeof(BitRow)] = BitRow.Of(Enumerable.Range(0, Long).Select(i => i % 3 == 0)),
        [typeof(ISearchObjective)] = new WorstClassAccuracy(),
        [typeof(Seed)] = new Seed(7),
        [typeof(ThreatModel)] = ThreatModel.Linf(8, outOf: 255),
        [typeof(INetworkSpec)] = WideResNetSpec.Wrn(10, 1),
        [typeof(WideResNetSpec)] = WideResNetSpec.Wrn(10, 1),
        [typeof(IRobustObjective)] = new Trades(),
        [typeof(IAttack)] = new Pgd(),
        [typeof(ISampler)] = new RandomSampler(),
        [typeof(IVectorNorm)] = VectorNorm.L2,
        [typeof(IPairMeasure)] = new LocalLipschitz(),
        [typeof(AttackSuite)] = AttackSuite.Of("every attack", [.. Enumerable.Repeat<IAttack>(new Pgd(), Long)]),
    };

    public object? Of(Type type, NullabilityInfo? nullability = null)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner)
            return nullables ? Of(inner) : null;
        if (nullability?.ReadState == NullabilityState.Nullable && !type.IsValueType && !nullables)
            return null;
        if (Known.TryGetValue(type, out object? known))
            return known;
        if (type.IsEnum)
            return Enum.GetValues(type).GetValue(0);
        if (type == typeof(torch.Tensor))
            return torch.zeros(2, 3);
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueList<>))
            return List(type.GetGenericArguments()[0]);
        return type.IsInterface || type.IsAbstract ? null : Filled(type);
    }

    private object List(Type item)
    {
        IList items = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(item))!;
        object? one = Of(item); // once, as lists lie in lists in lists
        for (int i = 0; i < Long; i++)
            items.Add(one);
        return typeof(ValueList).GetMethod(nameof(ValueList.ToValueList))!.MakeGenericMethod(item).Invoke(null, [items])!;
    }

    // The longest constructor, then what can be set beside it. What has no way in is left out: a sampler's answer is one or the other.
    private object Filled(Type type)
    {
        NullabilityInfoContext context = new();
        ConstructorInfo? constructor = type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .Where(candidate => candidate.GetParameters() is not [var only] || only.ParameterType != type)
            .MaxBy(candidate => candidate.GetParameters().Length);
        object made = constructor is null
            ? RuntimeHelpers.GetUninitializedObject(type)
            : constructor.Invoke([.. constructor.GetParameters().Select(parameter =>
                Of(parameter.ParameterType, context.Create(parameter)))]);
        HashSet<string> given = [.. constructor?.GetParameters().Select(parameter => parameter.Name!.ToUpperInvariant()) ?? []];
        foreach (PropertyInfo property in type.GetProperties().Where(property => property.CanWrite
            && !given.Contains(property.Name.ToUpperInvariant())))
            property.SetValue(made, Of(property.PropertyType, context.Create(property)));
        return made;
    }
}
