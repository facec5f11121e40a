using RobustWrn.Conformance.Contracts;
using RobustWrn.Core;

namespace RobustWrn.Conformance.Blocks;

/// <summary>
/// Every block of the library keeps every clause, and the clauses find faults. A new block is found here without a line elsewhere.
/// </summary>
public class BlockConformanceTests
{
    public static TheoryData<string, string> BlocksAndClauses() => Implementations<IBlock>.With(BlockContract.Clauses.Keys);

    public static TheoryData<string> Faults() => [.. BrokenBlock.All.Select(block => block.Fault)];

    [Fact]
    public void Library_Scanned_HasTheBlocksItNames() =>
        Assert.Superset(new HashSet<string> { nameof(BasicBlock), nameof(RobustResBlock), nameof(PostActivationBottleneck) },
            Implementations<IBlock>.All.Keys.ToHashSet());

    [Theory]
    [MemberData(nameof(BlocksAndClauses))]
    public void Block_OfTheLibrary_KeepsTheContract(string block, string clause) =>
        BlockContract.Clauses[clause](Implementations<IBlock>.All[block]);

    [Theory]
    [MemberData(nameof(Faults))]
    public void Contract_BlockWithAFault_RefusesIt(string fault)
    {
        BrokenBlock broken = BrokenBlock.All.Single(block => block.Fault == fault);
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => BlockContract.Clauses[broken.Clause](broken));
    }
}
