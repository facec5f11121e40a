using RobustWrn.Core;

namespace RobustWrn.Conformance.Descriptions;

/// <summary>A description with one fault, to show that the contract finds it.</summary>
internal sealed record BrokenDescription(string Fault, string Clause, Func<BrokenDescription, IEnumerable<Problem>> Rules) : IDescription
{
    public double Rate { get; init; } = 0.1;

    public int Count { get; init; } = 1;

    public string Title { get; init; } = "title";

    public IDescription Part { get; init; } = new Relu();

    /// <summary>One description a fault, with the clause it breaks.</summary>
    public static IReadOnlyList<BrokenDescription> All { get; } =
    [
        new("takes infinity", "refuses what nobody means", it =>
            [.. Sound(it, but: nameof(Rate)), .. Rule.Holds(it.Rate > 0, "Rate", "must be above 0.")]),
        new("takes two billion", "refuses what nobody means", it =>
            [.. Sound(it, but: nameof(Count)), .. Rule.Holds(it.Count > 0, "Count", "must be above 0.")]),
        new("throws", "refuses what nobody means", it => [.. Sound(it, but: nameof(Part)), .. it.Part.Problems()]),
        new("takes what float32 makes 0", "refuses what nobody means", it =>
            [.. Sound(it, but: nameof(Rate)), .. Rule.Holds(it.Rate is > 0 and < 1, "Rate", "must be in (0, 1).")]),
        new("makes much of a text", "answers quickly and in few words", it =>
            Enumerable.Repeat(new Problem("Title", new string('x', 400)), Math.Min(it.Title?.Length ?? 0, 50) / 40 * 30)),
        new("quotes line breaks", "answers quickly and in few words", it =>
            it.Title == "title" ? [] : [new Problem("Title", $"must be title, got {it.Title}.")]),
        new("looks at its part too late", "reports the problems of its parts", it => Sound(it, but: nameof(Part))),
        new("follows the culture", "speaks the same in every culture", it =>
            it.Rate == 0.1 ? [] : [new Problem("Rate", string.Format(null, "must be a tenth, got {0}.", it.Rate))]),
    ];

    public IEnumerable<Problem> Problems() => Rules(this);

    private static IEnumerable<Problem> Sound(BrokenDescription it, string but) =>
    [
        .. but == nameof(Rate) ? [] : Rule.Positive(it.Rate), .. but == nameof(Count) ? []
            : Rule.Positive(it.Count), .. Rule.Text(it.Title),
        .. but == nameof(Part) ? it.Part is null ? [new Problem("Part", "must be given.")] : [] : it.Part.ProblemsAs(nameof(Part)),
    ];
}
