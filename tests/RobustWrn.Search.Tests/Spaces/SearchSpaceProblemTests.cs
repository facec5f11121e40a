using RobustWrn.Core;

namespace RobustWrn.Search.Tests;

public sealed class SearchSpaceProblemTests
{
    private static SearchSpace<WideResNetSpec> Small() => new(WideResNetSpec.Wrn(10, 1));

    private static WideResNetSpec Widen(WideResNetSpec spec, int width) => spec.WithStage(^1, s => s with { Width = width });

    private static string Only(SearchSpace<WideResNetSpec> space) => Assert.Single(space.Problems()).ToString();

    [Fact]
    public void Problems_NoDimension_SaysThatTheSpaceIsEmpty() => Assert.Equal(
        "Dimensions: the search space is empty: it varies nothing. Add a dimension: .Vary(\"last stage width\", [256, 384, 512], (spec, width) => ...).",
        Only(Small()));

    [Fact]
    public void Problems_DimensionWithoutValues_SaysThatTheSpaceIsEmpty() => Assert.Equal(
        "\"width\": the search space is empty: a dimension must have at least one value, got none.",
        Only(Small().Vary<int>("width", [], Widen)));

    [Fact]
    public void Problems_EqualValues_NamesTheText() => Assert.Equal(
        "\"width\": values must be different, but 2 of them have the text 32. Keep one.",
        Only(Small().Vary("width", [32, 64, 32], Widen)));

    [Fact]
    public void Problems_EqualNames_NamesThem() => Assert.Equal(
        ["\"width\": names must be unique, but 2 dimensions have this one. Rename all but one.", "\"slim\": names must be unique, but 2 filters have this one. Rename all but one."],
        Small().Vary("width", [32, 64], Widen).Vary("width", [1, 2], (spec, _) => spec).Where("slim", _ => true).Where("slim", _ => true).Problems().Select(problem => problem.ToString()));

    [Fact]
    public void Problems_InvalidBase_AreThoseOfTheBase() => Assert.Equal(
        "Base.Classes: must be at least 2, got 1.",
        Only(new SearchSpace<WideResNetSpec>(WideResNetSpec.Wrn(10, 1) with { Classes = 1 }).Vary("width", [32, 64], Widen)));

    [Fact]
    public void Problems_ValueWithoutText_SaysSo() => Assert.StartsWith(
        "\"width\": value 0 has no JSON text, so that a study could not record it: ",
        Only(Small().Vary("width", [() => 32], (spec, width) => Widen(spec, width()))));

    [Fact]
    public void Problems_FunctionThatThrows_NamesPointAndValue() => Assert.Equal(
        "At(width = 32, depths = [1,1]): \"depths\": the value [1,1] could not be applied: ArgumentException: there must be one depth for each of the 3 stages, got 2. (Parameter 'depths')"
        + " (2 of 4 points cannot be used; change the function or the values so that every combination gives a valid network.)",
        Only(Small().Vary("width", [32, 64], Widen).Vary<ValueList<int>>("depths", [[1, 1, 1], [1, 1]], (spec, depths) => spec.WithDepths(depths.AsSpan()))));

    [Fact]
    public void Problems_InvalidSpecification_NamesPointAndRule() => Assert.Equal(
        "At(width = 0): Stages[2].Width: must be at least 1, got 0. (1 of 2 points cannot be used; change the function or the values so that every combination gives a valid network.)",
        Only(Small().Vary("width", [32, 0], Widen)));

    [Fact]
    public void At_InvalidSpecification_NamesValuesAndRule() => Assert.Equal(
        "The point (width = 0).Stages[2].Width: must be at least 1, got 0.",
        Assert.Throws<InvalidDescriptionException>(() => Small().Vary("width", [32, 0], Widen).At([1])).Message);

    [Fact]
    public void Problems_FilterThatThrows_NamesFilterAndPoint() => Assert.Equal(
        "At(width = 32): \"slim\": the filter failed: InvalidOperationException: no table (2 of 2 points cannot be used; change the function or the values so that every combination gives a valid network.)",
        Only(Small().Vary("width", [32, 64], Widen).Where("slim", _ => throw new InvalidOperationException("no table"))));

    [Fact]
    public void Problems_FiltersThatRejectEverything_CountsWhatEachRejectsOnItsOwn() => Assert.Equal(
        "Filters: the search space is empty: none of 4 points is kept. \"wide\" rejects 3. \"slim\" rejects 1. Loosen a filter or add values that pass it.",
        Only(Small().Vary("width", [16, 32, 48, 64], Widen).Where("wide", spec => spec.Stages[^1].Width >= 64).Where("slim", spec => spec.Stages[^1].Width < 64)));

    [Fact]
    public void Problems_FilterThatRejectsEverythingOfALargeSpace_SaysThatPointsWereDrawn()
    {
        SearchSpace<WideResNetSpec> space = Small();
        for (int d = 0; d < 9; d++)
            space = space.Vary($"dimension {d}", Enumerable.Range(0, 10), (spec, _) => spec);

        Assert.Equal(
            "Filters: the search space is empty: none of 100,000 points drawn at random from 1,000,000,000 is kept. \"nothing\" rejects 100,000. Loosen a filter or add values that pass it.",
            Only(space.Where("nothing", _ => false)));
    }
}
