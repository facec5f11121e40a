using System.Collections.Concurrent;
using RobustWrn.Search;

namespace RobustWrn.Conformance;

public sealed class MemoryStudyStoreTests : StudyStoreContract
{
    private readonly ConcurrentDictionary<string, MemoryStudyStore> _stores = new();

    protected override IStudyStore Create(string place, TimeProvider time, ClaimRules rules) =>
        _stores.GetOrAdd(place, _ => new MemoryStudyStore(time, rules));
}
