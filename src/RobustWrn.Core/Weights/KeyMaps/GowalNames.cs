using System.Text.RegularExpressions;

namespace RobustWrn.Core;

/// <summary>
/// The names of the wide residual network of Gowal et al. 2020, as Rebuffi, Wang, Bartoldson and RobustBench use them: <c>init_conv</c>,
/// <c>layer.0.block.0.batchnorm_0|conv_0|batchnorm_1|conv_1|shortcut</c>, <c>batchnorm</c>, <c>logits</c>. Peng et al. 2023 add
/// squeeze-and-excitation to them, <c>se.fc1</c> and <c>se.fc2</c>, by 1x1 convolutions. Their <c>mean</c> and <c>std</c>, where a file has
/// them, are no weights but the classifier's normalisation (<see cref="WeightsReport.Normalization"/>).
/// <see cref="WideResNetSpec.WithLeaderboardConventions"/> makes a network that computes as their code does.
/// </summary>
public sealed partial record GowalNames : IKeyMap
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "gowal";

    private static readonly (string Theirs, string Ours)[] Parts =
    [
        ("batchnorm_0.", "bn1."), ("relu_0.", "act1."), ("conv_0.", "conv1."), ("batchnorm_1.", "bn2."), ("relu_1.", "act2."), ("conv_1.", "conv2."), ("shortcut.", "convShortcut."),
        ("se.fc1.", "se.fc.0."), ("se.fc2.", "se.fc.2."),
    ];

    private static readonly (string Theirs, string Ours)[] Tops = [("init_conv.", "stem_conv."), ("batchnorm.", "bn1."), ("relu.", "act."), ("logits.", "fc.")];

    /// <inheritdoc/>
    public bool Recognizes(IReadOnlyCollection<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        return names.Contains("init_conv.weight") && names.Any(name => name.StartsWith("layer.0.block.0.", StringComparison.Ordinal));
    }

    /// <inheritdoc/>
    public string? ToLibrary(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name is "mean" or "std" or "mean_cuda" or "std_cuda")
            return null;
        if (Theirs().Match(name) is { Success: true } block)
            return $"blocks.{block.Groups["stage"].Value}.layer.{block.Groups["index"].Value}.{NamePrefix.Replaced(block.Groups["rest"].Value, Parts, back: false)}";
        return NamePrefix.Replaced(name, Tops, back: false);
    }

    /// <inheritdoc/>
    public string ToForeign(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (Ours().Match(name) is { Success: true } block)
            return $"layer.{block.Groups["stage"].Value}.block.{block.Groups["index"].Value}.{NamePrefix.Replaced(block.Groups["rest"].Value, Parts, back: true)}";
        return NamePrefix.Replaced(name, Tops, back: true);
    }

    /// <summary>Linear layers of squeeze-and-excitation are 1x1 convolutions there: (out, in, 1, 1).</summary>
    public long[] ForeignShape(string name, long[] shape)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Squeeze().IsMatch(name) && shape is [var outputs, var inputs] ? [outputs, inputs, 1, 1] : shape;
    }

    /// <inheritdoc/>
    public IEnumerable<ConventionDifference> Differences(INetworkSpec spec) => new WideResNetConventions("the code of Gowal et al. 2020")
    {
        Padding = Padding.Same,
        Shortcut = ShortcutInput.Activated,
        Activation = new Silu(),
        Momentum = 0.01,
        Normalizes = true,
    }.Differences(spec);

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() => [];

    [GeneratedRegex(@"^layer\.(?<stage>\d+)\.block\.(?<index>\d+)\.(?<rest>.+)$")]
    private static partial Regex Theirs();

    [GeneratedRegex(@"^blocks\.(?<stage>\d+)\.layer\.(?<index>\d+)\.(?<rest>.+)$")]
    private static partial Regex Ours();

    [GeneratedRegex(@"\.se\.fc\.[02]\.weight$")]
    private static partial Regex Squeeze();
}
