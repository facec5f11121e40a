namespace RobustWrn.Core;

/// <summary>
/// How a network's stages share depth and width while the network grows: the ratio of the depths, the ratio of the widths,
/// and how much deeper it gets for what it gets wider. A rule is a family of networks with one number to turn;
/// <see cref="Fit"/> turns it until the network costs what it may.
/// </summary>
/// <remarks>
/// At a scale s (the sum of all widening factors) the rule asks for depths and widths that are not whole.
/// A fitted network has, for one s, whole depths less than one block away and widths that are neighbours among the usable multiples of
/// <see cref="WidthMultiple"/>. Depths are rounded by one threshold, so that equal ones stay equal, unless no network within 1 % of the
/// budget is found that way. A widening factor is the channels of a stage over 16 in the first stage, 32 in the second,
/// and so on (Zagoruyko and Komodakis 2016).
/// </remarks>
public sealed record ScalingRule : IDescription
{
    private static readonly BasicBlock BlockOfLu = new() { Shortcut = ShortcutInput.Activated };

    /// <summary>
    /// A smaller last stage: depths 1:1:1 and channels 320:640:512, the shape of WRN-34-R (Huang et al. 2021, arXiv 2110.03825,
    /// section 5), scaled in both; at its cost the rule gives that network itself.
    /// </summary>
    public static ScalingRule LastStageReduction { get; } = new() { Base = WideResNetSpec.Wrn34R };

    /// <summary>
    /// Depths 2:2:1 (Lu et al. 2022, arXiv 2212.11005), the widths as in WRN-28-10, their independent scaling by depth;
    /// depth and width grow together as they are in WRN-28-10.
    /// </summary>
    public static ScalingRule DepthScaling { get; } = new() { Base = WideResNetSpec.Wrn(28, 10).WithBlock(BlockOfLu), DepthRatio = [2, 2, 1] };

    /// <summary>
    /// Widening factors 2:2.5:1 (Lu et al. 2022, arXiv 2212.11005), equal depths, their independent scaling by width;
    /// depth and width grow together as they are in WRN-28-10.
    /// </summary>
    public static ScalingRule WidthScaling { get; } = new() { Base = WideResNetSpec.Wrn(28, 10).WithBlock(BlockOfLu), WidthRatio = [2, 2.5, 1] };

    /// <summary>
    /// Depths 2:2:1, widening factors 2:2.5:1 and 7:3 between their sums: the compound rule behind WRN-A1..A4 and RobustResNet-A1..A4 (Lu
    /// et al. 2022, arXiv 2212.11005).
    /// </summary>
    public static ScalingRule CompoundScaling { get; } = DepthScaling with { WidthRatio = [2, 2.5, 1], DepthPerWidth = 7.0 / 3 };

    private const int MostStages = 8;

    /// <summary>
    /// All but depths and widths is taken from it: stem, blocks, activations, classes, conventions; and what ratios the rule leaves open.
    /// Default: WRN-34-R.
    /// </summary>
    public WideResNetSpec Base { get; init; } = WideResNetSpec.Wrn34R;

    /// <summary>The ratio of the depths, a number for each stage. Default, when null: that of <see cref="Base"/>.</summary>
    public ValueList<double>? DepthRatio { get; init; }

    /// <summary>The ratio of the widening factors, a number for each stage. Default, when null: that of <see cref="Base"/>.</summary>
    public ValueList<double>? WidthRatio { get; init; }

    /// <summary>The sum of the depths over the sum of the widening factors. Default, when null: that of <see cref="Base"/>.</summary>
    public double? DepthPerWidth { get; init; }

    /// <summary>
    /// Widths are multiples of it. Default 8: coarse enough for vectorised kernels and groups of 8 channels, fine enough for every budget
    /// from 1 GMAC on to be met within 2 %.
    /// </summary>
    public int WidthMultiple { get; init; } = 8;

    /// <summary>Rows and columns of the images that multiply-adds are counted for. Default 32, CIFAR's.</summary>
    public int ImageSize { get; init; } = 32;

    /// <summary>
    /// The network of this rule for a budget: the one nearest to the rule of those within 1 % of the budget, else the one nearest to the
    /// budget. From 1 GMAC on the published rules come within 2 %; below, whole blocks and multiples may be too coarse,
    /// and <see cref="ScaledNetwork.Gap"/> says by how much. Computed from the closed form of the cost: nothing is built.
    /// </summary>
    /// <param name="budget">What the network may cost.</param>
    /// <exception cref="InvalidDescriptionException">The rule has problems.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// Even the smallest network of the rule costs more, or the network would be too large to exist.
    /// </exception>
    public ScaledNetwork Fit(CostBudget budget)
    {
        this.ThrowIfInvalid();
        return new ScalingSearch(this, budget).Closest();
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. Base.ProblemsAs(nameof(Base)),
        .. Rule.Holds(Base?.Stages is null || Base.Stages.Count <= MostStages, nameof(Base),
            $"must have at most {MostStages} stages, since every rounding of each is tried with every other, got {Base?.Stages?.Count}."),
        .. Ratio(DepthRatio, nameof(DepthRatio)), .. Ratio(WidthRatio, nameof(WidthRatio)),
        .. Rule.PositiveOrDefault(DepthPerWidth), .. Rule.Positive(WidthMultiple, most: SpecLimits.MostChannels),
        .. Rule.Positive(ImageSize, most: SpecLimits.LargestSide),
    ];

    /// <summary>Channels of a stage for a widening factor of 1.</summary>
    internal static double Unit(int stage) => 16 * Math.Pow(2, stage);

    private IEnumerable<Problem> Ratio(ValueList<double>? ratio, string name) => ratio is null || Base?.Stages is null ? [] :
    [
        .. Rule.Holds(ratio.Count == Base.Stages.Count, name, $"must have a number for each of the {Quantity.Of(Base.Stages.Count, "stage")} of the base, got {ratio.Count}."),
        .. Rule.Each(ratio, part => Rule.Positive(part, "", most: 1e6), name),
    ];
}
