namespace RobustWrn.Core;

/// <summary>
/// Short names: the published one for a published network, whatever its classes and images; else depths and widths, and what differs from
/// a plain network.
/// </summary>
internal static class BaselineName
{
    public static string Of(ResNetSpec spec) => Published(spec with { Classes = 10, InputChannels = 3, Normalization = Normalization.Identity })
        ?? (spec.Stages is null || spec.Stages.Any(stage => stage is null)
            ? "ResNet (incomplete)"
            : Joined($"ResNet {string.Join('-', spec.Stages.Select(stage => stage.Depth))} / {string.Join('-', spec.Stages.Select(stage => stage.Width))}",
                [.. WideResNetName.Distinct(spec.Stages.Select(stage => stage.Block), new PostActivationBlock()),
                .. WideResNetName.Distinct(spec.Stages.Select(stage => stage.Activation), new Relu())]));

    public static string Of(VggSpec spec) => Published(spec with { Classes = 10, InputChannels = 3, Normalization = Normalization.Identity })
        ?? (spec.Stages is null || spec.Stages.Any(stage => stage is null)
            ? "VGG (incomplete)"
            : Joined($"VGG {string.Join('-', spec.Stages.Select(stage => stage.Depth))} / {string.Join('-', spec.Stages.Select(stage => stage.Width))}",
                WideResNetName.Distinct([spec.Activation], new Relu())));

    public static string Of(DenseNetSpec spec) => Published(spec with { Classes = 10, InputChannels = 3, Normalization = Normalization.Identity })
        ?? (spec.Stages is null || spec.Stages.Any(stage => stage is null)
            ? "DenseNet (incomplete)"
            : Joined($"DenseNet {string.Join('-', spec.Stages.Select(stage => stage.Depth))} / {string.Join('-', spec.Stages.Select(stage => stage.Width))} +{spec.Growth}",
                WideResNetName.Distinct([spec.Activation], new Relu())));

    private static string? Published(INetworkSpec spec) => BaselinePresets.All.FirstOrDefault(preset => preset.Spec.Equals(spec))?.Name;

    private static string Joined(string name, IEnumerable<string> differences) => string.Join(' ', [name, .. differences]);
}
