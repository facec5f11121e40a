namespace RobustWrn.Core;

/// <summary>
/// Short names: the published one for a published network, whatever its classes and images; else depths and widths, and what differs from
/// a plain network.
/// </summary>
internal static class WideResNetName
{
    private static readonly int[] PublishedStrides = [1, 2, 2];

    public static string Of(WideResNetSpec spec)
    {
        if (spec.Stages is null || spec.Stem is null || spec.Stages.Any(stage => stage is null))
            return "WRN (incomplete)";
        WideResNetSpec forCifar10 = spec with { Classes = 10, InputChannels = 3 };
        foreach (NetworkPreset preset in WideResNetPresets.All)
        {
            if (preset.Spec is WideResNetSpec published && published.Equals(forCifar10 with { Normalization = published.Normalization }))
                return preset.Name;
        }
        int[] depths = [.. spec.Stages.Select(stage => stage.Depth)], widths = [.. spec.Stages.Select(stage => stage.Width)];
        bool usual = spec.Stem == new StemSpec() && spec.Stages.Select(stage => stage.Stride).SequenceEqual(PublishedStrides);
        string name = usual && depths.Distinct().Count() == 1 && widths[0] % 16 == 0 && widths[1] == 2 * widths[0] && widths[2] == 4 * widths[0]
            ? $"WRN-{6 * depths[0] + 4}-{widths[0] / 16}"
            : $"WRN {string.Join('-', depths)} / {string.Join('-', widths)}";
        return string.Join(' ', [name, .. Distinct(spec.Stages.Select(stage => stage.Block), new BasicBlock()), .. Distinct(spec.Stages.Select(stage => stage.Activation), new Relu())]);
    }

    internal static IEnumerable<string> Distinct<T>(IEnumerable<T> parts, T usual)
        where T : class, IDescription =>
        parts.Where(part => part is not null && part.GetType() != usual.GetType()).Select(part => DescriptionTypes.ShortNameOf(part.GetType())).Distinct();
}
