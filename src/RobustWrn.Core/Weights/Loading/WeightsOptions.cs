namespace RobustWrn.Core;

/// <summary>
/// Which weights of a file a network takes, under whose names, and which parts it does without. Loading reports what was chosen:
/// <see cref="WeightsReport"/>.
/// </summary>
public sealed record WeightsOptions : IDescription
{
    /// <summary>
    /// The entry of a checkpoint that holds the weights, such as <c>ema_state_dict</c>, with dots into nested ones. Default null:
    /// the file itself if it is a state dict, else the usual entries <c>model_state_dict</c>, <c>state_dict</c>, <c>model</c>,
    /// <c>net</c> before averaged ones.
    /// </summary>
    public string? Entry { get; init; }

    /// <summary>
    /// Whose names the file uses. Default null: the map that finds most of the network. Naming it says that names are all that counts:
    /// conventions of that code which the spec contradicts (<see cref="IKeyMap.Differences"/>) are warnings then and no refusal.
    /// </summary>
    public IKeyMap? Names { get; init; }

    /// <summary>
    /// Tensors that are left as they are in the network, and left out of the file, by their names here or in the file, with or without the
    /// prefix there; <c>*</c> stands for any characters. <c>fc.*</c> loads all but the last layer, for another number of classes;
    /// <c>ema.*</c> leaves out one of two networks; <c>normalize.*</c>, or <c>mean</c> and <c>std</c>, leave the
    /// classifier's own normalisation in place. Default: none.
    /// </summary>
    public ValueList<string> Skip { get; init; } = [];

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems() =>
    [
        .. Entry is null ? [] : Rule.Text(Entry, nameof(Entry), Rule.LongestPath),
        .. Names?.ProblemsAs(nameof(Names)) ?? [],
        .. Rule.Each(Skip, pattern => Rule.Text(pattern, "", Rule.LongestPath)),
    ];
}
