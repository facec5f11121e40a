using Microsoft.Extensions.Logging;
using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>How an evaluation is run.</summary>
public sealed record EvaluationOptions : IDescription
{
    // A million small images take 12 GiB before the first layer.
    internal const int LargestBlock = 1 << 20;

    // What a result says of attacks that searched so.
    internal const string BFloat16Notice = "Attacks searched in bfloat16; every success was confirmed in the model's own numbers. "
        + "What only those would have found is missed, so robust accuracy may be a little too high.";

    /// <summary>
    /// Images attacked together. Blocks are fixed, so that a run that was interrupted ends in the same numbers; the size is part of the result. Null chooses it once: 128, above which the time for an
    /// image no longer falls, or as many as fit into <see cref="MemoryLimit"/> when the model is a <see cref="Classifier"/>, whose cost is known; an evaluation that goes on with its journal
    /// keeps the size it began with, whatever memory there is by then.
    /// </summary>
    public int? BlockSize { get; init; }

    /// <summary>Bytes of memory on the CPU that <see cref="BlockSize"/>, when it is null, is chosen for. Null takes half of what the machine has (or the container, where it has a limit).</summary>
    public long? MemoryLimit { get; init; }

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
    /// Whether attacks look for points on a bfloat16 copy of the model, every success being confirmed by the model itself. Only for a float32 <see cref="Classifier"/>; faster where the device multiplies
    /// bfloat16 itself (AVX-512 BF16, AMX, CUDA), slower elsewhere. The result says so in its notices and conforms to no standard. Default: no.
    /// </summary>
    public bool SearchesInBFloat16 { get; init; }

    /// <summary>
    /// A folder for a journal of the evaluation: it is written attack by attack and block by block, and the same evaluation begun again goes on where it stopped and ends in the
    /// same result, but for durations. Null keeps none. Attacks must then have names in files (<c>TypeName</c>).
    /// </summary>
    public string? JournalFolder { get; init; }

    /// <summary>Takes log messages, such as of a journal that is damaged; null drops them.</summary>
    public ILogger? Logger { get; init; }

    /// <summary>Tells the time for durations and estimates; no number depends on it. Default: the system's clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>
    /// Whether the evaluation ends with a verdict on itself, <see cref="RobustnessResult.Audit"/>, at a tenth more passes at most. Null leaves it out, as where many short evaluations are compared
    /// with each other. Default: all checks.
    /// </summary>
    public EvaluationAudit? Audit { get; init; } = new();

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. BlockSize is null ? [] : Rule.Positive(BlockSize.Value, nameof(BlockSize), most: LargestBlock),
        .. Audit?.ProblemsAs(nameof(Audit)) ?? [],
        .. Rule.Holds(MemoryLimit is null or > 0, nameof(MemoryLimit), $"must be at least 1 byte, got {MemoryLimit}. Leave it out for half of what the machine has."),
        .. JournalFolder is null ? [] : Rule.Text(JournalFolder, nameof(JournalFolder), Rule.LongestPath),
        .. Rule.Holds(Clock is not null, nameof(Clock), "must be given, got null."),
    ];
}
