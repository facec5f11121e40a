namespace RobustWrn.Core;

/// <summary>What libtorch keeps of an elementwise operation until its gradient is computed.</summary>
public enum KeptForBackward
{
    /// <summary>Nothing: sums, constant factors.</summary>
    Nothing,

    /// <summary>What it read: most activations.</summary>
    Input,

    /// <summary>What it wrote: ReLU, sigmoid.</summary>
    Output,
}
