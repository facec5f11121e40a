namespace RobustWrn.Core;

/// <summary>The module of a block whose outputs depend only on inputs near them, so that a change of a few pixels can be followed through it.</summary>
internal interface IFollowableBlock : IFreezableBlock
{
    /// <summary>Whether that holds with the block's settings.</summary>
    bool CanBeFollowed { get; }

    /// <summary>Adds the block's steps, with the same numbers as <see cref="IFreezableBlock.Freeze"/>.</summary>
    /// <param name="network">Where to.</param>
    /// <param name="features">Its input.</param>
    /// <param name="input">Coordinates of the input.</param>
    /// <param name="output">Coordinates of the output.</param>
    /// <returns>Its output.</returns>
    FollowedFeatures Follow(FollowedNetwork network, FollowedFeatures features, ChannelAffine input, ChannelAffine output);
}
