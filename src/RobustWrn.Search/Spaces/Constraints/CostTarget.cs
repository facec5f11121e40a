using System.Globalization;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// The cost that every network of a space must have, with a tolerance. Costs are exact, from the closed form: nothing is built.
/// </summary>
/// <param name="name">What is counted, for people, fingerprints and messages: <c>multiply-adds at 32 x 32</c>.</param>
/// <param name="amount">How much it must be, at least 1.</param>
/// <param name="tolerance">The largest relative distance from it, in [0, 0.5]: 0.01 is 1 %.</param>
/// <param name="measure">
/// Counts it for a valid network. Must depend on the specification only, and not fall while the number rises that is solved for.
/// An <see cref="OverflowException"/> or <see cref="ArgumentOutOfRangeException"/> means too much.
/// </param>
public sealed class CostTarget(string name, double amount, double tolerance, Func<INetworkSpec, long> measure)
{
    // 64-bit numbers hold it, and ten times as much.
    internal const double MostAmount = 9e17;

    // Half as much again: beyond, networks of one space could hardly be compared.
    internal const double MostTolerance = 0.5;

    /// <summary>The name of the cost.</summary>
    public string Name { get; } = name ?? throw new ArgumentNullException(nameof(name));

    /// <summary>The amount that it must be.</summary>
    public double Amount { get; } = amount;

    /// <summary>The largest relative distance from it: 0.01 is 1 %.</summary>
    public double Tolerance { get; } = tolerance;

    private readonly Func<INetworkSpec, long> _measure = measure ?? throw new ArgumentNullException(nameof(measure));
    private readonly Problem[] _problems = [];

    private CostTarget(string name, double amount, double tolerance, Func<INetworkSpec, long> measure, IEnumerable<Problem> problems)
        : this(name, amount, tolerance, measure) => _problems = [.. problems];

    /// <summary>Multiply-adds of convolutions and linear layers for one image (<see cref="NetworkCost.MultiplyAdds"/>).</summary>
    /// <param name="amount">How many: 5e9 is 5 GMACs.</param>
    /// <param name="tolerance">The largest relative distance from it.</param>
    /// <param name="height">Rows of an image. Default 32, CIFAR's.</param>
    /// <param name="width">Columns of an image. Default 32, CIFAR's.</param>
    public static CostTarget MultiplyAdds(double amount, double tolerance, int height = 32, int width = 32) =>
        new(
            $"multiply-adds at {height} x {width}", amount, tolerance, spec => spec.Cost(height, width).MultiplyAdds,
            OfImage(height, width));

    /// <summary>Learned numbers (<see cref="NetworkCost.Parameters"/>).</summary>
    /// <param name="amount">How many: 36.5e6.</param>
    /// <param name="tolerance">The largest relative distance from it.</param>
    public static CostTarget Parameters(double amount, double tolerance) =>
        // Parameters do not depend on the image's size; the smallest that the network takes never overflows.
        new("parameters", amount, tolerance, spec => spec.Cost(spec.SmallestSide, spec.SmallestSide).Parameters);

    /// <summary>
    /// The activation memory of a float32 training step in bytes (<see cref="NetworkCost.TrainingActivationBytes"/>), which is most of what
    /// training takes.
    /// </summary>
    /// <param name="bytes">How many: 8e9.</param>
    /// <param name="tolerance">The largest relative distance from it.</param>
    /// <param name="batchSize">Images of a step. Default 128 (Huang et al. 2021).</param>
    /// <param name="height">Rows of an image. Default 32, CIFAR's.</param>
    /// <param name="width">Columns of an image. Default 32, CIFAR's.</param>
    public static CostTarget Memory(double bytes, double tolerance, int batchSize = 128, int height = 32, int width = 32) => new(
        $"bytes of training activations of {Quantity.Of(batchSize, "image")} at {height} x {width}", bytes, tolerance,
        spec => ActivationBytes(spec.Cost(height, width), batchSize),
        [.. OfImage(height, width), .. Rule.Positive(batchSize, "batchSize")]);

    /// <summary>The cost of a valid network; null where it is more than can be counted.</summary>
    /// <param name="spec">The network.</param>
    internal long? Of(INetworkSpec spec)
    {
        try
        {
            return _measure(spec);
        }
        catch (Exception e) when (e is OverflowException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    /// <summary>(cost - amount) / amount.</summary>
    internal double Gap(long cost) => (cost - Amount) / Amount;

    internal bool IsMet(long cost) => Math.Abs(Gap(cost)) <= Tolerance;

    internal IEnumerable<Problem> Problems() =>
    [
        .. Rule.Text(Name, "Name"),
        .. Rule.InClosed(Amount, 1, MostAmount, "Amount"),
        .. Rule.InClosed(Tolerance, 0, MostTolerance, "Tolerance"),
        .. _problems,
    ];

    /// <summary>Name, amount and tolerance: <c>multiply-adds at 32 x 32 of 5.00 G within 1 %</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Excerpt.Of(Name)} of {Quantity.Short(Amount)} within {100 * Tolerance:0.###} %");

    // NetworkCost.TrainingActivationBytes in float32, whose type of numbers this assembly does not know.
    private static long ActivationBytes(NetworkCost cost, int batchSize) =>
        checked(batchSize * (cost.TrainingActivations + cost.LargestMap) * sizeof(float));

    private static IEnumerable<Problem> OfImage(int height, int width) =>
        [.. Rule.Positive(height, most: SpecLimits.LargestSide), .. Rule.Positive(width, most: SpecLimits.LargestSide)];
}
