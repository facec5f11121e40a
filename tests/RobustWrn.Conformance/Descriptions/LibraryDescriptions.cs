using System.Reflection;
using RobustWrn.Attacks;
using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn.Conformance.Descriptions;

/// <summary>
/// Every kind of description of every library assembly, as its author's defaults make it, or as the smallest usual one where the defaults
/// are incomplete.
/// </summary>
internal static class LibraryDescriptions
{
    // Of those that cannot be made without being told something.
    private static readonly Dictionary<Type, IDescription> Given = new IDescription[]
    {
        new ConstantStep(0.1), new DecayingStep(0.1),
        new MomentumStep(0.1), new AdaptiveStep(), new FadingGuidance(50, 25), new GaussianStart(0.1),
            new GuidedMargin(1), AttackSuite.AutoAttack,
        WideResNetSpec.Wrn(10, 1), VggSpec.Vgg11, DenseNetSpec.Of(growth: 4, depths: [1, 1], widths: [8, 8]),
            ResNetSpec.Of(8, [1, 1], [8, 16]),
        new SearchSpace<WideResNetSpec>(WideResNetSpec.Wrn(10, 1))
            .Vary("width", [16, 32], (spec, width) => spec.WithStage(^1, stage => stage with { Width = width })),
        new SpaceFile
        {
            Preset = "WRN-28-10",
            Dimensions =
            [
                new() { Target = "squeezeExcitation", Values = [new("false"), new("true")] },
                new()
                {
                    Target = "stages[^1].depth",
                    Name = "last depth",
                    Values = [new("2"), new("4")],
                    Kind = DimensionKind.Ordered,
                    When = [new() { Dimension = "squeezeExcitation", Values = [new("true")] }],
                },
            ],
            Limits = [new() { AtMost = 1e11, AtLeast = 1e6 }],
            Constraint = new() { Tolerance = 0.02, Least = 8, Most = 1_024, Step = 8 },
        },
    }.ToDictionary(description => description.GetType());

    public static IReadOnlyDictionary<string, Type> All { get; } = Directory.GetFiles(AppContext.BaseDirectory, "RobustWrn*.dll")
        .Select(path => Path.GetFileNameWithoutExtension(path)!)
        .Where(name => name != typeof(LibraryDescriptions).Assembly.GetName().Name)
        .SelectMany(name => Assembly.Load(name).GetTypes())
        .Where(type => type is { IsAbstract: false, IsInterface: false } && typeof(IDescription).IsAssignableFrom(type))
        .Select(type => type == typeof(SearchSpace<>) ? typeof(SearchSpace<WideResNetSpec>) : type)
        .ToDictionary(type => type.Name);

    public static TheoryData<string> Names => [.. All.Keys.Order(StringComparer.Ordinal)];

    public static IDescription Usual(Type type) =>
        Given.TryGetValue(type, out IDescription? given) ? given
            // Any norm; its radius has no default.
            : (IDescription)Activator.CreateInstance(type)! is var made && made is ThreatModel norm ? norm with { Epsilon = 0.25 } : made;

    /// <summary>Kinds that may stand where a contract is asked for.</summary>
    public static IEnumerable<IDescription> Implementing(Type contract) => All.Values.Where(contract.IsAssignableFrom).Select(Usual);
}
