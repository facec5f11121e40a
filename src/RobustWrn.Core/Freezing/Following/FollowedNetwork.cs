using static TorchSharp.torch;

namespace RobustWrn.Core;

/// <summary>The steps of a view, for images of one size, as far as the features before the pooling. Blocks add theirs.</summary>
internal sealed class FollowedNetwork
{
    private readonly List<FollowedStep> _steps = [];

    /// <summary>Starts with the images.</summary>
    /// <param name="folding">Folds layers and owns their new weights.</param>
    /// <param name="height">Of the images.</param>
    /// <param name="width">Of the images.</param>
    public FollowedNetwork(Folding folding, int height, int width)
    {
        Folding = folding;
        _steps.Add(new FollowedStep([], [], new FeatureSize(height, width)));
    }

    public Folding Folding { get; }

    /// <summary>The first one is the images; each reads earlier ones.</summary>
    public IReadOnlyList<FollowedStep> Steps => _steps;

    /// <summary>The images.</summary>
    public static FollowedFeatures Images => new() { Step = 0 };

    /// <summary>Functions of each feature alone.</summary>
    /// <param name="features">What they read.</param>
    /// <param name="keeps">Whether somebody reads those features without the functions, too.</param>
    /// <param name="functions">One after the other; they may overwrite what they read.</param>
    public FollowedFeatures Map(FollowedFeatures features, bool keeps, params ReadOnlySpan<Func<Tensor, Tensor>> functions)
    {
        FollowedFeatures read = keeps || features.Step is not null ? new FollowedFeatures { Terms = [Term(features, null)], Size = Size(features) } : features;
        return read with { Functions = [.. read.Functions, .. functions] };
    }

    /// <summary>A convolution with affine maps folded in.</summary>
    public FollowedFeatures Convolution(FollowedFeatures features, ConvolutionLayer layer, ChannelAffine? output = null, ChannelAffine? undone = null)
    {
        FollowedTerm term = Term(features, Folding.Folded(layer, output, undone));
        return new FollowedFeatures
        {
            Terms = [term],
            Size = new FeatureSize((term.From.Height + layer.Stride - 1) / layer.Stride, (term.From.Width + layer.Stride - 1) / layer.Stride),
        };
    }

    /// <summary>The sum of a residual branch and its shortcut.</summary>
    public FollowedFeatures Sum(FollowedFeatures main, FollowedFeatures aside) => new()
    {
        Terms = [.. Terms(main), .. Terms(aside)],
        Size = main.Size,
    };

    /// <summary>Ends with these features.</summary>
    public void End(FollowedFeatures features) => Stored(features);

    private FollowedTerm[] Terms(FollowedFeatures features) => features is { Step: null, Functions: [] } ? features.Terms : [Term(features, null)];

    private FollowedTerm Term(FollowedFeatures features, FoldedConvolution? folded)
    {
        int step = Stored(features);
        return new FollowedTerm(step, _steps[step].Size, folded);
    }

    private FeatureSize Size(FollowedFeatures features) => _steps[Stored(features)].Size;

    private int Stored(FollowedFeatures features)
    {
        if (features.Step is { } stored)
            return stored;
        _steps.Add(new FollowedStep(features.Terms, features.Functions, features.Size));
        return (features.Step = _steps.Count - 1).Value;
    }
}

/// <summary>Features of a network while it is put together: a step once somebody reads them, until then what the step will be.</summary>
internal sealed record FollowedFeatures
{
    public int? Step { get; set; }

    public FollowedTerm[] Terms { get; init; } = [];

    public Func<Tensor, Tensor>[] Functions { get; init; } = [];

    public FeatureSize Size { get; init; }
}
