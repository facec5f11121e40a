using RobustWrn.Core;
using RobustWrn.Samples;

namespace DescribeArchitecture;

/// <summary>A network of the command line: the name of a preset or file, or numbers.</summary>
public sealed record NetworkChoice(string? Name, string? Stem = null, string? Depths = null, string? Channels = null, string? Strides = null, string? Block = null)
{
    /// <summary>The network's description, or null and what is wrong with it.</summary>
    public NetworkDescription? Describe(int? size, int? classes, List<string> problems)
    {
        bool hasNumbers = Stem is not null || Depths is not null || Channels is not null || Strides is not null || Block is not null;
        if (Name is not null && hasNumbers)
            problems.Add($"{Name} must not be given together with --stem, --depths, --channels, --strides or --block: they say the same thing twice. Leave one out.");
        else if (Name is null && !hasNumbers)
            problems.Add("a network must be given: a preset, a JSON file, or --stem, --depths and --channels. Write WRN-28-10, or --stem 16 --depths 5,5,2 --channels 160,320,640.");
        else if ((hasNumbers ? FromNumbers(problems) : NamedNetwork.Find(Name!, "a network", problems)) is { } spec)
            return Described(classes is >= 1 ? NamedNetwork.WithClasses(spec, classes.Value) : spec, size, problems);
        return null;
    }

    private static NetworkDescription? Described(INetworkSpec spec, int? size, List<string> problems)
    {
        string[] found = [.. spec.Problems().Select(problem => problem.ToString())];
        problems.AddRange(found);
        if (found.Length > 0 || size is null or < 1)
            return null;
        try
        {
            return spec.Describe(size.Value, size.Value);
        }
        catch (ArgumentException e)
        {
            problems.Add($"--input {size}: {e.Message.Split(" (Parameter")[0]}");
            return null;
        }
    }

    private WideResNetSpec? FromNumbers(List<string> problems)
    {
        int before = problems.Count;
        int? stem = Numbers.One(Required(Stem, "--stem", "16", problems), "--stem", "16", problems);
        int[]? depths = Required(Depths, "--depths", "5,5,2", problems) is { } blocks ? Numbers.List(blocks, "--depths", "5,5,2", problems) : null;
        int[]? channels = Required(Channels, "--channels", "160,320,640", problems) is { } wide ? Numbers.List(wide, "--channels", "160,320,640", problems) : null;
        int[]? strides = Strides is null ? null : Numbers.List(Strides, "--strides", "1,2,2", problems);
        IBlock? block = BlockOf(Block ?? BasicBlock.TypeName, problems);
        foreach ((int[]? others, string option) in new[] { (channels, "--channels"), (strides, "--strides") })
        {
            if (depths is not null && others is not null && others.Length != depths.Length)
                problems.Add($"{option} must have one number for each of the {depths.Length} stages of --depths, got {others.Length}.");
        }
        if (problems.Count > before)
            return null;
        WideResNetSpec spec = WideResNetSpec.Of(stem!.Value, depths, channels).WithBlock(block!);
        return strides is null ? spec : spec with { Stages = spec.Stages.Select((stage, i) => stage with { Stride = strides[i] }).ToValueList() };
    }

    private static string? Required(string? text, string option, string example, List<string> problems)
    {
        if (text is null)
            problems.Add($"{option} must be given with --stem, --depths and --channels, got nothing. Write {option} {example}.");
        return text;
    }

    // Found among the types of all loaded assemblies: a block of yours needs no line here.
    private static IBlock? BlockOf(string name, List<string> problems)
    {
        IReadOnlyDictionary<string, Type> blocks = DescriptionTypes.Implementing(typeof(IBlock));
        if (blocks.TryGetValue(name, out Type? type))
            return (IBlock)Activator.CreateInstance(type)!;
        problems.Add($"--block must be one of {string.Join(", ", blocks.Keys)}, got {name}.");
        return null;
    }
}
