namespace RobustWrn.Core;

/// <summary>The place of a block in a network.</summary>
/// <param name="InChannels">Channels of its input.</param>
/// <param name="Width">Width of its stage; <see cref="IBlock.OutChannels"/> says how many channels it writes.</param>
/// <param name="Stride">Step of its window.</param>
public sealed record BlockShape(int InChannels, int Width, int Stride)
{
    /// <summary>The nonlinearity. Default: ReLU.</summary>
    public IActivation Activation { get; init; } = new Relu();

    /// <summary>Probability that a feature is dropped before its last convolution, in [0, 1). Default 0.</summary>
    public double Dropout { get; init; }

    /// <summary>How features are normalised. Default: batch normalisation.</summary>
    public IFeatureNormalization Normalization { get; init; } = new BatchNormalization();

    /// <summary>Where convolutions add zeros. Default: symmetric.</summary>
    public Padding Padding { get; init; }

    /// <summary>Whether the residual branch starts at zero. Default: no.</summary>
    public bool ZeroInitResidual { get; init; }
}
