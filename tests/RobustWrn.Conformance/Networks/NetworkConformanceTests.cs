using RobustWrn.Core;

namespace RobustWrn.Conformance.Networks;

/// <summary>Every kind of network of the library keeps every clause. A new one is found here without a line elsewhere.</summary>
public class NetworkConformanceTests
{
    public static TheoryData<string, string> NetworksAndClauses()
    {
        TheoryData<string, string> pairs = [];
        foreach (string clause in NetworkContract.Clauses.Keys)
        {
            foreach (string name in SmallNetworks.All.Keys)
                pairs.Add(name, clause);
        }
        return pairs;
    }

    [Fact]
    public void Library_Scanned_HasTheNetworksItNames() =>
        Assert.Superset(new HashSet<string> { nameof(WideResNetSpec), nameof(ResNetSpec), nameof(VggSpec), nameof(DenseNetSpec) },
            SmallNetworks.All.Keys.ToHashSet());

    [Theory]
    [MemberData(nameof(NetworksAndClauses))]
    public void Network_OfTheLibrary_KeepsTheContract(string network, string clause) =>
        NetworkContract.Clauses[clause](SmallNetworks.All[network]);
}
