using System.Text.Json;
using RobustWrn.Core;

namespace RobustWrn.Search;

/// <summary>
/// A search space over wide residual networks as a file says it: a network, dimensions by the names of their targets, limits, and a hard
/// constraint. <see cref="Read"/> reads one, <see cref="DescriptionJson.Write"/> writes one, <see cref="ToSpace"/> makes the space.
/// </summary>
public sealed record SpaceFile : IDescription
{
    /// <summary>The name in files.</summary>
    public const string TypeName = "search-space";

    // Each dimension changes each network; published spaces have a dozen.
    private const int MostDimensions = 64;
    private const int MostConditions = 8;

    /// <summary>
    /// The name of the published network that is varied (<see cref="NetworkPresets"/>); null where <see cref="Base"/> is given.
    /// </summary>
    public string? Preset { get; init; }

    /// <summary>The network that is varied; null where <see cref="Preset"/> names it.</summary>
    public INetworkSpec? Base { get; init; }

    /// <summary>The dimensions, in the order they are applied.</summary>
    public ValueList<FileDimension> Dimensions { get; init; } = [];

    /// <summary>Networks outside are left out. Default: none.</summary>
    public ValueList<CostLimit> Limits { get; init; } = [];

    /// <summary>The cost that all networks have. Default: none.</summary>
    public FileConstraint? Constraint { get; init; }

    /// <summary>Rows and columns of an image, for costs. Default 32, CIFAR's.</summary>
    public int ImageSize { get; init; } = 32;

    /// <summary>Images of a training step, for memory. Default 128 (Huang et al. 2021).</summary>
    public int BatchSize { get; init; } = 128;

    // Of a network that is wrong itself any number may be meant.
    private int StageCount => (Start as WideResNetSpec)?.Stages?.Count ?? int.MaxValue;

    private INetworkSpec? Start => Base ?? (Preset is null ? null : NetworkPresets.Find(Preset)?.Spec);

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>What it says; ask it for <see cref="Problems"/>.</returns>
    /// <exception cref="InvalidDataException">It is no such file, a newer version, or has a property that there is not.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static SpaceFile Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        long length = new FileInfo(path).Length;
        // UTF-8 takes at most three bytes for each of the characters that a description has at most.
        return length <= 3L * DescriptionJson.MostCharacters
            ? DescriptionJson.Read<SpaceFile>(File.ReadAllText(path), Excerpt.Of(path))
            : throw new InvalidDataException($"{Excerpt.Of(path)} has {Quantity.Of(length, "byte")}, "
                + "more than a description has characters. It is another file.");
    }

    /// <summary>The space.</summary>
    /// <exception cref="InvalidDescriptionException">
    /// The file has problems of its own words; those of points are the space's, <see cref="SearchSpace{TSpec}.Problems"/>.
    /// </exception>
    public SearchSpace<WideResNetSpec> ToSpace()
    {
        Words().ThrowIfAny(nameof(SpaceFile));
        SearchSpace<WideResNetSpec> space = new((WideResNetSpec)Start!);
        foreach (FileDimension dimension in Dimensions)
            space = With(space, dimension, 0);
        foreach (CostLimit limit in Limits)
        {
            CostTarget measure = FileCosts.Of(this, limit.Cost);
            space = space.Where($"{limit}", spec => limit.Keeps(measure, spec));
        }
        return Constraint is null ? space : space.Solving(
            FileCosts.Of(this, Constraint.Cost, Constraint.Amount, Constraint.Tolerance), Constraint.Number(space.Base.Stages.Count)!);
    }

    /// <inheritdoc/>
    public IEnumerable<Problem> Problems()
    {
        Problem[] words = [.. Words()];
        return words.Length > 0 ? words : ToSpace().Problems();
    }

    private IEnumerable<Problem> Words() =>
    [
        .. OfStart(),
        .. Rule.Between(ImageSize, 1, SpecLimits.LargestSide),
        .. Rule.Positive(BatchSize),
        .. Rule.Each(Dimensions, OfDimension, most: MostDimensions),
        .. Rule.Each(Limits, limit => limit.Problems(), most: MostDimensions),
        .. Constraint?.Problems(StageCount).Select(problem => problem.Within(nameof(Constraint))) ?? [],
    ];

    private IEnumerable<Problem> OfStart()
    {
        if (Base is not null && Preset is not null)
        {
            return [new Problem(
                nameof(Base), $"must be left out where a preset is named, got both. The preset is \"{Excerpt.Of(Preset)}\".")];
        }
        if (Start is not { } start)
        {
            IEnumerable<string> known = NetworkPresets.All.Where(preset => preset.Spec is WideResNetSpec).Select(preset => preset.Name);
            return [new Problem(nameof(Preset), $"must be one of {string.Join(", ", known)}, "
                + $"got {(Preset is null ? "neither preset nor base" : $"\"{Excerpt.Of(Preset)}\"")}.")];
        }
        return start is WideResNetSpec ? start.ProblemsAs(nameof(Base)) : [new Problem(Base is null ? nameof(Preset) : nameof(Base),
            $"must be a wide residual network, got {Excerpt.Of(start.Name)}. Write other spaces in code.")];
    }

    private IEnumerable<Problem> OfDimension(FileDimension dimension)
    {
        if (FileTargets.Find(dimension.Target) is not { } target)
            return [new Problem(nameof(dimension.Target), $"must be one of {FileTargets.Names}, got \"{Excerpt.Of(dimension.Target)}\".")];
        return
        [
            .. Rule.Holds(StagePath.Of(dimension.Target)?.IsOf(StageCount) ?? true, nameof(dimension.Target),
                $"must be of one of the {Quantity.Of(StageCount, "stage")}, counted from 0, got \"{Excerpt.Of(dimension.Target)}\"."),
            .. dimension.Name is null ? [] : Rule.Text(dimension.Name, nameof(dimension.Name)),
            .. dimension.Kind is { } kind ? Rule.Known(kind, nameof(dimension.Kind)) : [],
            .. Rule.Each(dimension.Values, value => OfValue(target, value), nameof(dimension.Values)),
            .. Rule.Each(dimension.When, OfCondition, nameof(dimension.When), MostConditions),
        ];
    }

    private IEnumerable<Problem> OfCondition(FileCondition condition)
    {
        FileTarget? target = TargetOf(condition.Dimension);
        return
        [
            .. Rule.Holds(target is not null, nameof(condition.Dimension),
                $"must be the name of a dimension before it, got \"{Excerpt.Of(condition.Dimension)}\"."),
            .. Rule.Each(condition.Values, value => target is null ? [] : OfValue(target, value), nameof(condition.Values)),
        ];
    }

    private static IEnumerable<Problem> OfValue(FileTarget target, FileValue value)
    {
        try
        {
            _ = target.Text(value);
            return [];
        }
        catch (JsonException e)
        {
            return [new Problem("", e.Message)];
        }
    }

    private FileTarget? TargetOf(string? name) =>
        FileTargets.Find(Dimensions.FirstOrDefault(dimension => dimension is not null && dimension.Title == name)?.Target);

    private SearchSpace<WideResNetSpec> With(SearchSpace<WideResNetSpec> space, FileDimension dimension, int condition)
    {
        if (condition == dimension.When.Count)
            return FileTargets.Find(dimension.Target)!.Vary(space, dimension);
        FileCondition when = dimension.When[condition];
        FileTarget target = TargetOf(when.Dimension)!;
        string[] texts = [.. when.Values.Select(target.Text)];
        return space.When<string>(when.Dimension, texts, inner => With(inner, dimension, condition + 1));
    }

    /// <summary>The network and the names of the dimensions.</summary>
    public override string ToString() =>
        $"{Excerpt.Of(Preset ?? Base?.Name ?? "no network")}, "
        + $"varied in {Excerpt.List([.. Dimensions.Select(dimension => dimension.Title)])}";
}
