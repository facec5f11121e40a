using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn.Benchmarks;

/// <summary>A study without networks: a sampler is asked, told what a problem says, and asked again.</summary>
internal static class SamplerRun
{
    /// <summary>The values of the points that it proposes.</summary>
    /// <param name="problem">Where it searches.</param>
    /// <param name="sampler">The sampler.</param>
    /// <param name="seed">Its seed.</param>
    /// <param name="queries">How many points.</param>
    /// <param name="width">How many of them run at once: a batch is proposed from what was told before it.</param>
    public static IReadOnlyList<ValueList<double>> Of(SamplerProblem problem, ISampler sampler, long seed, int queries, int width)
    {
        RandomStream study = RandomStream.From(seed).For("sampler");
        List<Observation> history = [];
        List<ValueList<double>> values = [];
        while (history.Count < queries)
        {
            int batch = history.Count, next = Math.Min(queries, batch + width);
            for (int number = batch; number < next; number++)
            {
                if (sampler.Propose(new SamplerContext(problem.Space, [.. history], number, study)).Point is not { } point)
                    return values;
                history.Add(new Observation(number, point, problem.Space.IdentityOf(point), TrialState.Pending));
            }
            for (int i = batch; i < next; i++)
            {
                values.Add(problem.Values(history[i].Point));
                history[i] = history[i] with { State = TrialState.Completed, Values = values[i] };
            }
        }
        return values;
    }
}
