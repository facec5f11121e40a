using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn.Benchmarks;

/// <summary>Something to search in: a space, and the values at its points, larger ones better.</summary>
/// <param name="Name">For tables.</param>
/// <param name="Space">The points.</param>
/// <param name="Values">One value per objective.</param>
internal sealed record SamplerProblem(string Name, SpaceShape Space, Func<ValueList<int>, ValueList<double>> Values);
