using System.Collections.Concurrent;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// Results for the points that were asked for last: at least <see cref="SpaceShape.EnumerationLimit"/> of them, and at most twice as
/// many. Any number of threads may ask.
/// </summary>
internal sealed class PointMemory<T>(Func<ValueList<int>, T> make)
    where T : class
{
    private readonly Lock _gate = new();
    private ConcurrentDictionary<ValueList<int>, T> _young = new(), _old = new();

    public T Of(ValueList<int> point)
    {
        if (_young.TryGetValue(point, out T? known))
            return known;
        if (!_old.TryGetValue(point, out known))
            known = make(point);
        if (_young.Count >= SpaceShape.EnumerationLimit)
        {
            lock (_gate)
            {
                if (_young.Count >= SpaceShape.EnumerationLimit)
                    (_old, _young) = (_young, new());
            }
        }
        return _young.GetOrAdd(point, known);
    }
}
