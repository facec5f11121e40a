using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(RobustWrn.Testing.SlowFirst))]

namespace RobustWrn.Testing;

/// <summary>
/// Begins with the classes of the category <c>Slow</c>: begun last, one of them would keep one processor busy at the end while the others
/// have nothing left to do.
/// </summary>
internal sealed class SlowFirst : ITestCollectionOrderer
{
    /// <inheritdoc/>
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(collection => Rank(collection)).ThenBy(collection => collection.TestCollectionDisplayName, StringComparer.Ordinal)];

    private static int Rank(ITestCollection collection) =>
        Class(collection) is not { } type ? 1
        : Attribute.GetCustomAttributes(type).OfType<TraitAttribute>().Any(trait => trait is { Name: "Category", Value: "Slow" }) ? 0 : 2;

    // The collection of a class that names none is called after it: "Test collection for NAMESPACE.CLASS (id: ...)".
    private static Type? Class(ITestCollection collection) =>
        collection.TestCollectionDisplayName.Split(' ').Select(typeof(SlowFirst).Assembly.GetType).FirstOrDefault(type => type is not null);
}
