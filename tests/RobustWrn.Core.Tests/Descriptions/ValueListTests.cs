using System.Text.Json;

namespace RobustWrn.Core.Tests;

public class ValueListTests
{
    [Fact]
    public void Equality_SameItemsInOrder_IsEqualWithTheSameHash()
    {
        ValueList<int> list = [1, 2, 3], same = ((IEnumerable<int>)[1, 2, 3]).ToValueList();

        Assert.True(list.Equals(same));
        Assert.Equal(list.GetHashCode(), same.GetHashCode());
        Assert.False(list.Equals([1, 3, 2]));
        Assert.False(list.Equals([1, 2]));
        Assert.False(list.Equals(null));
        Assert.Equal(ValueList<int>.Empty, []);
    }

    [Fact]
    public void Equality_InARecord_ComparesTheItems()
    {
        Normalization one = new() { Mean = [0.5], Std = [0.25] }, other = new() { Mean = [0.5], Std = [0.25] };

        Assert.Equal(one, other);
        Assert.NotEqual(one, other with { Std = [0.5] });
    }

    [Fact]
    public void With_IndexFromEitherEnd_ReplacesACopy()
    {
        ValueList<string> list = ["a", "b", "c"];

        Assert.Equal(["a", "b", "z"], list.With(^1, "z"));
        Assert.Equal(["z", "b", "c"], list.With(0, "z"));
        Assert.Equal(["a", "b", "c"], list);
        Assert.Throws<ArgumentOutOfRangeException>(() => list.With(3, "z"));
        Assert.Throws<ArgumentOutOfRangeException>(() => list.With(^4, "z"));
        Assert.Throws<ArgumentOutOfRangeException>(() => ValueList<string>.Empty.With(^1, "z"));
    }

    [Fact]
    public void Create_FromAnArray_DoesNotSeeLaterChanges()
    {
        int[] items = [1, 2];
        ValueList<int> list = [.. items], created = ValueList.Create<int>(items);
        items[0] = 9;

        Assert.Equal([1, 2], list);
        Assert.Equal([1, 2], created);
        Assert.Equal("[1, 2]", list.ToString());
    }

    [Fact]
    public void Json_AnyList_IsAnArrayAndNullEntriesAreRefused()
    {
        Assert.Equal(["a"], JsonSerializer.Deserialize<ValueList<string>>("""["a"]""", DescriptionJson.Options)!);
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<ValueList<string>>("""["a", null]""", DescriptionJson.Options));
        Assert.Equal([1.5, null], JsonSerializer.Deserialize<ValueList<double?>>("[1.5, null]", DescriptionJson.Options)!);
    }
}
