using System.Collections;
using System.Reflection;
using RobustWrn.Core;

namespace RobustWrn.Conformance.Descriptions;

/// <summary>A description with one value changed, somewhere in it, to one that nobody means.</summary>
/// <param name="Path">The property, from the description on.</param>
/// <param name="Value">The value; of a text or list its name.</param>
/// <param name="Description">The description that has it.</param>
internal sealed record HostileValue(string Path, string Value, IDescription Description);

/// <summary>
/// Changes every property that can be set, also those of the plain records inside, to every value of its kind that nobody means.
/// </summary>
internal static class HostileValues
{
    private const int ManyEntries = 100_000, ManyCharacters = 20_000_000;

    private static readonly MethodInfo ShallowCopy = typeof(object)
        .GetMethod("MemberwiseClone", BindingFlags.Instance | BindingFlags.NonPublic)!;
    private static readonly Lazy<string> LongText = new(() => new string('x', ManyCharacters));
    private static readonly NullabilityInfoContext Nullability = new();

    public static IEnumerable<HostileValue> Of(IDescription description) =>
        Changed(description).Select(change => new HostileValue(change.Path, change.Value, (IDescription)change.Changed));

    private static IEnumerable<(string Path, string Value, object Changed)> Changed(object subject)
    {
        foreach (PropertyInfo property in subject.GetType().GetProperties()
            .Where(property => property.SetMethod is not null && property.GetIndexParameters().Length == 0))
        {
            foreach ((string name, object? value) in Values(property, property.GetValue(subject)))
                yield return (property.Name, name, With(subject, property, value));
            foreach ((string path, string name, object changed) in Inside(property.GetValue(subject)))
                yield return ($"{property.Name}{path}", name, With(subject, property, changed));
        }
    }

    // Parts that are descriptions have a contract of their own; that their owners report them is another clause.
    private static IEnumerable<(string Path, string Value, object Changed)> Inside(object? part)
    {
        if (part is null or IDescription or string)
            return [];
        Type type = part.GetType();
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueList<>))
        {
            object? first = ((IEnumerable)part).Cast<object?>().FirstOrDefault();
            return first is double
                ? ((string, object)[])[("NaN", double.NaN), ("1e300", 1e300)] is var numbers
                    ? numbers.Select(number => ("[0]", number.Item1, WithFirst(part, number.Item2))) : []
                : Inside(first).Select(change => ($"[0]{change.Path}", change.Value, WithFirst(part, change.Changed)));
        }
        return type.Namespace?.StartsWith("RobustWrn", StringComparison.Ordinal) == true && !type.IsEnum
            ? Changed(part).Select(change => ($".{change.Path}", change.Value, change.Changed))
            : [];
    }

    private static IEnumerable<(string Name, object? Value)> Values(PropertyInfo property, object? current)
    {
        Type declared = property.PropertyType, type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (type == typeof(double))
            return Named(double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e39, 1e300, double.MaxValue, -1e39, -1.0, 1e-50,
                double.Epsilon);
        if (type == typeof(int))
            return Named(int.MaxValue, int.MinValue, -1);
        if (type == typeof(long))
            return Named(long.MaxValue, long.MinValue, -1L);
        if (type == typeof(TimeSpan))
            return Named(TimeSpan.MaxValue, TimeSpan.MinValue, TimeSpan.FromTicks(-1));
        if (type.IsEnum)
            return Named(Enum.ToObject(type, int.MaxValue));
        if (type.IsValueType || typeof(Delegate).IsAssignableFrom(type))
            return [];
        bool mayBeNull = Nullability.Create(property).WriteState == NullabilityState.Nullable;
        IEnumerable<(string, object?)> values = mayBeNull ? [] : [("null", null)];
        if (type == typeof(string))
            return [.. values, ("a text of 20 million characters", LongText.Value), ("an empty text", ""),
                ("line breaks", "\r\n\u2028\u001b[31m")];
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueList<>))
            return [.. values, .. Lists(type.GetGenericArguments()[0], current)];
        return values;
    }

    private static IEnumerable<(string, object?)> Lists(Type item, object? current)
    {
        object? first = ((IEnumerable?)current)?.Cast<object?>().FirstOrDefault()
            ?? (item == typeof(string) ? "a" : item.IsValueType ? Activator.CreateInstance(item)
                : LibraryDescriptions.Implementing(item).FirstOrDefault());
        if (first is null)
            yield break;
        yield return ($"{ManyEntries} entries", List(item, Enumerable.Repeat<object?>(first, ManyEntries)));
        if (!item.IsValueType)
            yield return ("a list of null", List(item, [null]));
        if (item == typeof(string))
            yield return ("a list of a text of 20 million characters", List(item, [LongText.Value]));
    }

    private static IEnumerable<(string, object?)> Named<T>(params IEnumerable<T> values) =>
        values.Select(value => (FormattableString.Invariant($"{value}"), (object?)value));

    private static object With(object subject, PropertyInfo property, object? value)
    {
        object copy = ShallowCopy.Invoke(subject, null)!;
        property.SetValue(copy, value);
        return copy;
    }

    private static object WithFirst(object list, object value) =>
        List(list.GetType().GetGenericArguments()[0], ((IEnumerable)list).Cast<object?>().Select((item, i) => i == 0 ? value : item));

    private static object List(Type item, IEnumerable<object?> items)
    {
        object?[] all = [.. items];
        Array typed = Array.CreateInstance(item, all.Length);
        for (int i = 0; i < all.Length; i++)
            typed.SetValue(all[i], i);
        return typeof(ValueList).GetMethod(nameof(ValueList.ToValueList))!.MakeGenericMethod(item).Invoke(null, [typed])!;
    }
}
