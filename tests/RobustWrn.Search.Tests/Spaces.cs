using RobustWrn.Core;

namespace RobustWrn.Search.Tests;

/// <summary>Small spaces that tests search in.</summary>
internal static class Spaces
{
    public static SearchSpace<WideResNetSpec> Widths(params int[] widths) => new SearchSpace<WideResNetSpec>(WideResNetSpec.Wrn(10, 1))
        .Vary("width", widths, (spec, width) => spec.WithStage(^1, s => s with { Width = width }));
}
