using RobustWrn.Core;

namespace RobustWrn.Samples;

/// <summary>Which of the weights of a file are taken, and under whose names.</summary>
public sealed record WeightsChoice
{
    /// <summary>What the options are called, for messages.</summary>
    public string Option { get; init; } = "--";

    /// <summary>The entry of a checkpoint.</summary>
    public string? Entry { get; init; }

    /// <summary>The stored name of a key map.</summary>
    public string? Names { get; init; }

    /// <summary>Patterns of what is left out.</summary>
    public string[] Skip { get; init; } = [];

    /// <summary>Whether anything was chosen.</summary>
    public bool IsGiven => Entry is not null || Names is not null || Skip.Length > 0;

    /// <summary>The names that can be chosen.</summary>
    public static IEnumerable<string> KnownNames => DescriptionTypes.Implementing(typeof(IKeyMap)).Keys;

    /// <summary>The same for the library; what is wrong is collected.</summary>
    public WeightsOptions Options(List<string> problems)
    {
        IKeyMap? names = null;
        if (Names is not null)
        {
            if (DescriptionTypes.Implementing(typeof(IKeyMap)).TryGetValue(Names, out Type? type))
                names = (IKeyMap)Activator.CreateInstance(type)!;
            else
                problems.Add($"{Option}names must be one of {string.Join(", ", KnownNames)}, got {Names}.");
        }
        WeightsOptions options = new() { Entry = Entry, Names = names, Skip = [.. Skip] };
        problems.AddRange(options.Problems().Select(problem => $"{Option}{problem}"));
        return options;
    }
}
