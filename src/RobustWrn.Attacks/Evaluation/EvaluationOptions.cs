using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>How an evaluation is run.</summary>
public sealed record EvaluationOptions : IDescription
{
    /// <summary>
    /// Images attacked together. Blocks are fixed, so that a run that was interrupted ends in the same numbers; the size is part of the result.
    /// Default 128: above it the time for an image no longer falls.
    /// </summary>
    public int BlockSize { get; init; } = 128;

    /// <summary>Where random starts come from. Default 0.</summary>
    public Seed Seed { get; init; }

    /// <summary>Where the images go. Default: where the model's first parameter is.</summary>
    public Device? Device { get; init; }

    /// <summary>Whether the result holds the images that the attacks found, for storing and for replaying them. Default: no.</summary>
    public bool KeepAdversarialImages { get; init; }

    /// <summary>
    /// Another model that the attacker may look into, for attacks such as <see cref="Transfer"/>: same images and classes, dtype and device as the model's. Attacked in evaluation mode;
    /// flags and buffers come back exactly. Stays owned by the caller. Null when there is none.
    /// </summary>
    public nn.Module<Tensor, Tensor>? Surrogate { get; init; }

    /// <summary>
    /// A folder for a journal of the evaluation: it is written attack by attack and block by block, and the same evaluation begun again goes on where it stopped and ends in the
    /// same result, but for durations. Null keeps none. Attacks must then have names in files (<c>TypeName</c>).
    /// </summary>
    public string? JournalFolder { get; init; }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
        [.. Rule.Positive(BlockSize), .. Rule.Holds(JournalFolder is not "", nameof(JournalFolder), "must name a folder, or be null for no journal, got an empty text.")];
}
