using RobustWrn.Search;

namespace RobustWrn.Conformance;

public sealed class FolderStudyStoreTests : StudyStoreContract
{
    protected override IStudyStore Create(string place, TimeProvider time, ClaimRules rules) =>
        new FolderStudyStore(place, time: time, rules: rules);
}
