namespace RobustWrn.Core;

/// <summary>The published wide residual networks.</summary>
internal static class WideResNetPresets
{
    private const string Huang = "Huang et al. 2021, arXiv 2110.03825, and HanxunH/RobustWRN";
    private const string Lu = "Lu et al. 2022, arXiv 2212.11005, and zhichao-lu/robust-residual-network";
    private const string Gowal = "Gowal et al. 2020, arXiv 2010.03593, and deepmind/deepmind-research, adversarial_robustness";
    private const string Bartoldson = "Bartoldson et al. 2024, arXiv 2404.09349, with the conventions of Gowal et al. 2020";

    public static IReadOnlyList<NetworkPreset> All { get; } =
    [
        Wrn(28, 10, Huang), Wrn(34, 10, Huang), Wrn(34, 12, Huang),
        Wrn(34, 20, "Rice et al. 2020, arXiv 2002.11569, and the networks of RobustBench; conventions of Huang et al. 2021"),
        new("WRN-34-R", WideResNetSpec.Wrn34R, Huang),
        Wrn(46, 14, Lu + " (its basic 20 GMAC network)"),
        Wrn(70, 16, Huang),
        Silu(28, 10, Gowal), Silu(70, 16, Gowal),
        new("WRN-82-8", WideResNetSpec.Gowal(82, 8), Bartoldson), new("WRN-94-16", WideResNetSpec.Gowal(94, 16), Bartoldson),
        .. Compound("WRN", new BasicBlock { Shortcut = ShortcutInput.Activated }),
        .. Compound("RobustResNet", new RobustResBlock()),
        new("RaWRN-70-16", RaWrn(), "Peng et al. 2023, arXiv 2308.16258, and poloclub/robust-principles, configs/model/cifar_model.yaml"),
    ];

    private static NetworkPreset Wrn(int depth, int widen, string source) => new($"WRN-{depth}-{widen}", WideResNetSpec.Wrn(depth, widen), source);

    private static NetworkPreset Silu(int depth, int widen, string source) => new($"WRN-{depth}-{widen}-SiLU", WideResNetSpec.Gowal(depth, widen), source);

    // Depths 2:2:1, widths 2:2.5:1, 7:3 between them, at 5, 10, 20 and 40 GMACs.
    private static IEnumerable<NetworkPreset> Compound(string family, IBlock block) =>
    [
        new($"{family}-A1", WideResNetSpec.Of(16, [14, 14, 7], [80, 224, 192]).WithBlock(block), Lu),
        new($"{family}-A2", WideResNetSpec.Of(16, [17, 17, 8], [112, 288, 256]).WithBlock(block), Lu),
        new($"{family}-A3", WideResNetSpec.Of(16, [22, 22, 11], [128, 352, 320]).WithBlock(block), Lu),
        new($"{family}-A4", WideResNetSpec.Of(16, [27, 28, 13], [160, 448, 384]).WithBlock(block), Lu),
    ];

    private static WideResNetSpec RaWrn() =>
        WideResNetSpec.Of(96, [30, 31, 10], [216, 432, 864]).WithLeaderboardConventions().WithBlock(new SqueezeExcitationBlock());
}
