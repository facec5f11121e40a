namespace RobustWrn.Core;

/// <summary>
/// What training and selection may see: the training images and the validation images held out of them. The test split cannot be reached
/// from here.
/// </summary>
/// <param name="Train">Images to train on.</param>
/// <param name="Validation">Images to select on, disjoint from <see cref="Train"/>.</param>
public sealed record TrainingSplits(IImageSource Train, IImageSource Validation)
{
    /// <summary>
    /// Pseudo-labelled or generated images that are mixed into the batches, see <see cref="ExtraImageBatches"/>;
    /// null, the default, for none.
    /// </summary>
    public IImageSource? Extra { get; init; }
}
