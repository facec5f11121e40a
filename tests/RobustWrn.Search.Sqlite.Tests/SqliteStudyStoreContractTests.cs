using RobustWrn.Conformance;

namespace RobustWrn.Search.Sqlite.Tests;

public sealed class SqliteStudyStoreContractTests : StudyStoreContract
{
    protected override IStudyStore Create(string place, TimeProvider time, ClaimRules rules) =>
        new SqliteStudyStore($"{place}.db", time: time, rules: rules);
}
