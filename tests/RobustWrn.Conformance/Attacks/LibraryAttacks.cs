using System.Reflection;
using RobustWrn.Attacks;

namespace RobustWrn.Conformance.Attacks;

/// <summary>Every attack of every library assembly, as its author's defaults make it but with few steps.</summary>
public static class LibraryAttacks
{
    // Enough for an effect on a linear model, few enough for a test.
    private const double Gradients = 40;

    public static IReadOnlyDictionary<string, Type> All { get; } = Directory.GetFiles(AppContext.BaseDirectory, "RobustWrn*.dll")
        .Select(path => Path.GetFileNameWithoutExtension(path)!)
        .Where(name => name != typeof(LibraryAttacks).Assembly.GetName().Name)
        .SelectMany(name => Assembly.Load(name).GetTypes())
        .Where(type => type is { IsAbstract: false, IsInterface: false } && typeof(IAttack).IsAssignableFrom(type))
        .ToDictionary(type => type.Name);

    public static IAttack Default(string type) => (IAttack)Activator.CreateInstance(All[type])!;

    public static IAttack Short(string type) => Short(Default(type));

    /// <summary>An attack of few steps, as the contract takes it.</summary>
    public static IAttack Short(IAttack attack) => attack.WithEffort(Math.Min(1, Gradients / attack.MaxGradients));
}
