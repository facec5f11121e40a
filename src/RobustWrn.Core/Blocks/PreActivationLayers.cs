namespace RobustWrn.Core;

/// <summary>The layers of a basic block, with or without squeeze and excitation: what its module is built from and what its cost is traced from.</summary>
internal sealed record PreActivationLayers(BlockShape Shape, ShortcutInput Shortcut)
{
    public SqueezeExcitationBlock? Squeeze { get; init; }

    public bool HasShortcutConvolution => Shape.InChannels != Shape.Width || Shape.Stride != 1;

    public bool ShortcutReadsActivation => Shortcut == ShortcutInput.Activated || Shape.InChannels != Shape.Width;

    public int SqueezedChannels => Placed(SqueezePlacement.BeforeFirstConvolution) ? Shape.InChannels : Shape.Width;

    public int Squeezed => (int)Math.Round(SqueezedChannels * (Squeeze?.Ratio ?? 0), MidpointRounding.ToEven);

    public bool Placed(SqueezePlacement placement) => Squeeze?.Placement == placement;

    public FeatureMap Trace(CostTrace trace, FeatureMap input)
    {
        FeatureMap activated = Shape.Activation.Trace(trace, Shape.Normalization.Trace(trace, input));
        FeatureMap main = Excited(trace, activated, SqueezePlacement.BeforeFirstConvolution);
        main = trace.Convolution(main, Shape.Width, 3, Shape.Stride, padding: Shape.Padding);
        main = Excited(trace, main, SqueezePlacement.AfterFirstConvolution);
        main = Shape.Activation.Trace(trace, Shape.Normalization.Trace(trace, main));
        if (Shape.Dropout > 0)
            main = StreamDropout.Trace(trace, main);
        main = trace.Convolution(main, Shape.Width, 3, padding: Shape.Padding);
        main = Excited(trace, main, SqueezePlacement.AfterSecondConvolution);
        FeatureMap shortcut = HasShortcutConvolution
            ? trace.Convolution(ShortcutReadsActivation ? activated : input, Shape.Width, 1, Shape.Stride, padding: Shape.Padding)
            : input;
        return trace.Add(main, shortcut);
    }

    private FeatureMap Excited(CostTrace trace, FeatureMap map, SqueezePlacement placement) =>
        Placed(placement) ? SqueezeExcitation.Trace(trace, map, Squeezed, Squeeze!.Bias) : map;
}
