namespace RobustWrn.Core;

/// <summary>What published code of wide residual networks computes, beside its names.</summary>
/// <param name="Whose">The code, in words.</param>
internal sealed record WideResNetConventions(string Whose)
{
    /// <summary>Where its convolutions of stride 2 add zeros.</summary>
    public Padding Padding { get; init; } = Padding.Symmetric;

    /// <summary>What its shortcuts read.</summary>
    public ShortcutInput Shortcut { get; init; } = ShortcutInput.ActivatedWhereWidthChanges;

    /// <summary>The activation of its published networks.</summary>
    public IActivation Activation { get; init; } = new Relu();

    /// <summary>The momentum of its batch normalisation.</summary>
    public double Momentum { get; init; } = 0.1;

    /// <summary>Whether it normalises pixels itself.</summary>
    public bool Normalizes { get; init; }

    /// <summary>In what a network differs, as far as it shows in its logits or in further training.</summary>
    public IEnumerable<ConventionDifference> Differences(INetworkSpec spec)
    {
        if (spec is not WideResNetSpec network)
            yield break;
        StageSpec[] stages = [.. network.Stages];
        if (network.Padding != Padding && (network.Stem.Stride == 2 || Array.Exists(stages, stage => stage.Stride == 2)))
            yield return new(
                $"{Whose} adds the zeros of convolutions of stride 2 by Padding.{Padding}, the spec has Padding.{network.Padding}",
                IsCertain: true);
        // The two rules are one where the width changes.
        StageSpec? shortcuts = stages.Where((stage, i) => stage.Stride != 1 && network.Shape(i, 0).InChannels == stage.Width
            && Reads(stage.Block) is { } reads && reads != Shortcut).FirstOrDefault();
        if (shortcuts is not null)
            yield return new($"{Whose} has shortcuts by ShortcutInput.{Shortcut}, the spec by ShortcutInput.{Reads(shortcuts.Block)}",
                IsCertain: true);
        IActivation[] others = [.. stages.Select(stage => stage.Activation).Append(network.FinalActivation)
            .Where(activation => !activation.Equals(Activation)).Distinct()];
        if (others.Length > 0)
            yield return new(
                $"published networks of {Whose} have the activation {Name(Activation)}, the spec has "
                + $"{string.Join(", ", others.Select(Name))}", IsCertain: false);
        if (Normalizes && network.Normalization.IsIdentity)
            yield return new($"{Whose} normalises pixels, by default with the means and stds of CIFAR-10, the spec does not",
                IsCertain: false);
        if (network.FeatureNormalization is BatchNormalization { } batch && batch.Momentum != Momentum)
            yield return new(
                FormattableString.Invariant(
                $"{Whose} has batch normalisation of momentum {Momentum}, the spec has {batch.Momentum}, which matters in training only"),
                IsCertain: false);
    }

    private static ShortcutInput? Reads(IBlock block) =>
        block switch { BasicBlock basic => basic.Shortcut, SqueezeExcitationBlock squeezed => squeezed.Shortcut, _ => null };

    private static string Name(IActivation activation) => DescriptionTypes.NameOf(activation.GetType());
}
