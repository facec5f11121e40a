using RobustWrn.Attacks;
using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Conformance.Attacks;

/// <summary>What every attack that looks for the smallest change keeps beyond the contract of all attacks.</summary>
public class MinimalNormConformanceTests
{
    public static TheoryData<string> Names() => [.. LibraryAttacks.All.Where(pair => typeof(IMinimumNormAttack).IsAssignableFrom(pair.Value)).Select(pair => pair.Key)];

    [Fact]
    public void Library_Scanned_HasTheAttacksItNames() =>
        Assert.Superset(new HashSet<string> { nameof(CwL2), nameof(Fab), nameof(TargetedFab), nameof(DeepFool), nameof(MinimalEpsilon) }, Names().Select(row => row.Data).ToHashSet());

    [Theory]
    [MemberData(nameof(Names))]
    public void Minimize_LinearModel_GivesTheDistancesOfImagesThatFool(string name)
    {
        // L2, the one norm that all of them know.
        ThreatModel threat = ThreatModel.L2(1);
        using ContractBatch batch = new(6);
        using ContractLinear model = ContractLinear.Within(batch, threat, reach: 0.2);
        // The last two are wrong as they are.
        using Tensor labels = cat([batch.Labels.narrow(0, 0, 4), ones(2, ScalarType.Int64) - batch.Labels.narrow(0, 4, 2)]);
        using MinimalPerturbations found = Attack(name).Minimize(batch.Context(model, threat) with { Labels = labels });

        double[] distances = [.. found.Distances.to(ScalarType.Float64).data<double>()], measured = [.. threat.Distance(found.Images, batch.Images).to(ScalarType.Float64).data<double>()];
        bool[] fooled = [.. model.call(found.Images).argmax(1).ne(labels).data<bool>()];
        Assert.True((found.Images.IsAtLeast(0) & found.Images.IsAtMost(1)).all().item<bool>());
        for (int i = 0; i < 6; i++)
        {
            Assert.Equal(double.IsFinite(distances[i]), fooled[i]);
            Assert.Equal(double.IsFinite(distances[i]) ? distances[i] : 0, measured[i], 1e-5);
            Assert.True(i < 4 ? distances[i] > 0.2 * 0.999 : distances[i] == 0, $"example {i} at {distances[i]:g4}, its boundary at {(i < 4 ? 0.2 : 0)}");
        }
        Assert.True(distances.Take(4).Any(double.IsFinite), "nothing was found, although a fifth of the radius is enough");
    }

    private static IMinimumNormAttack Attack(string name) => (IMinimumNormAttack)LibraryAttacks.Short(name);
}
