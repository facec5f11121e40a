using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// Spaces of which every network costs the same: one number is solved for from the closed form of the cost, at every point, instead of
/// drawing points until one costs as much.
/// </summary>
public static class HardConstraints
{
    /// <summary>
    /// The space whose networks all take so many multiply-adds. A point for which no whole number comes within the tolerance is not in it.
    /// </summary>
    /// <typeparam name="TSpec">The specification searched over.</typeparam>
    /// <param name="space">The space; a dimension that varies the free number is overruled: its values are one network.</param>
    /// <param name="target">Multiply-adds for one image: 5e9 is 5 GMACs.</param>
    /// <param name="tolerance">The largest relative distance from it: 0.01 is 1 %.</param>
    /// <param name="free">What is solved for: <c>Free.Width(^1)</c>.</param>
    /// <param name="height">Rows of an image. Default 32, CIFAR's.</param>
    /// <param name="width">Columns of an image. Default 32, CIFAR's.</param>
    public static SearchSpace<TSpec> AtMultiplyAdds<TSpec>(
        this SearchSpace<TSpec> space, double target, double tolerance, FreeInteger<TSpec> free, int height = 32, int width = 32)
        where TSpec : INetworkSpec => Given(space).Solving(CostTarget.MultiplyAdds(target, tolerance, height, width), free);

    /// <summary>
    /// The space whose networks all have so many parameters. A point for which no whole number comes within the tolerance is not in it.
    /// </summary>
    /// <typeparam name="TSpec">The specification searched over.</typeparam>
    /// <param name="space">The space; a dimension that varies the free number is overruled: its values are one network.</param>
    /// <param name="target">Learned numbers: 36.5e6.</param>
    /// <param name="tolerance">The largest relative distance from it: 0.01 is 1 %.</param>
    /// <param name="free">What is solved for: <c>Free.Widths()</c>.</param>
    public static SearchSpace<TSpec> AtParameters<TSpec>(
        this SearchSpace<TSpec> space, double target, double tolerance, FreeInteger<TSpec> free)
        where TSpec : INetworkSpec => Given(space).Solving(CostTarget.Parameters(target, tolerance), free);

    /// <summary>
    /// The space whose networks all take so much activation memory in training. A point for which no whole number comes within the
    /// tolerance is not in it.
    /// </summary>
    /// <typeparam name="TSpec">The specification searched over.</typeparam>
    /// <param name="space">The space; a dimension that varies the free number is overruled: its values are one network.</param>
    /// <param name="bytes">Bytes of the activations of a float32 training step: 8e9.</param>
    /// <param name="tolerance">The largest relative distance from it: 0.01 is 1 %.</param>
    /// <param name="free">What is solved for: <c>Free.Depth(0)</c>.</param>
    /// <param name="batchSize">Images of a step. Default 128 (Huang et al. 2021).</param>
    /// <param name="height">Rows of an image. Default 32, CIFAR's.</param>
    /// <param name="width">Columns of an image. Default 32, CIFAR's.</param>
    public static SearchSpace<TSpec> AtMemory<TSpec>(
        this SearchSpace<TSpec> space,
        double bytes,
        double tolerance,
        FreeInteger<TSpec> free,
        int batchSize = 128,
        int height = 32,
        int width = 32)
        where TSpec : INetworkSpec => Given(space).Solving(CostTarget.Memory(bytes, tolerance, batchSize, height, width), free);

    private static SearchSpace<TSpec> Given<TSpec>(SearchSpace<TSpec> space)
        where TSpec : INetworkSpec
    {
        ArgumentNullException.ThrowIfNull(space);
        return space;
    }
}
