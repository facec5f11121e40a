using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using RobustWrn.Core;
using RobustWrn.Search;

namespace RobustWrn.Benchmarks;

/// <summary><c>asks</c>: how long samplers take to propose a network when many trials are known.</summary>
internal static class AskTimes
{
    private static readonly SearchSpace<WideResNetSpec> Space = new SearchSpace<WideResNetSpec>(WideResNetSpec.Wrn(28, 10))
        .Vary("depth 1", Enumerable.Range(1, 12), (spec, depth) => spec.WithStage(0, stage => stage with { Depth = depth }))
        .Vary("depth 2", Enumerable.Range(1, 12), (spec, depth) => spec.WithStage(1, stage => stage with { Depth = depth }))
        .Vary("depth 3", Enumerable.Range(1, 12), (spec, depth) => spec.WithStage(2, stage => stage with { Depth = depth }))
        .Vary("width 1", Enumerable.Range(4, 12), (spec, width) => spec.WithStage(0, stage => stage with { Width = 16 * width }))
        .Vary("width 2", Enumerable.Range(4, 12), (spec, width) => spec.WithStage(1, stage => stage with { Width = 32 * width }))
        .Vary("width 3", Enumerable.Range(4, 12), (spec, width) => spec.WithStage(2, stage => stage with { Width = 64 * width }))
        .Vary<IActivation>("activation", [new Relu(), new Silu(), new Softplus()], (spec, activation) =>
            spec with { FinalActivation = activation });

    public static Command Create()
    {
        Option<int> trials = new("--trials") { Description = "Trials that are known.", DefaultValueFactory = _ => 10_000 };
        Option<int> gaussian = new("--gaussian-trials")
        {
            Description = "Trials that the Gaussian process knows.",
            DefaultValueFactory = _ => 500,
        };
        Option<int> asks = new("--asks") { Description = "Proposals that are timed.", DefaultValueFactory = _ => 60 };
        Command command = new("asks", "How long samplers take to propose a network.") { trials, gaussian, asks };
        command.SetAction(parsed =>
        {
            Console.WriteLine($"{"sampler",-26}{"trials",8}{"median ms",12}{"p95 ms",12}{"worst ms",12}");
            foreach ((string name, ISampler sampler) in SamplerCommand.All)
            {
                int known = sampler is GaussianProcessSampler ? parsed.GetValue(gaussian) : parsed.GetValue(trials);
                double[] times = [.. Times(sampler, known, parsed.GetValue(asks)).Order()];
                double median = times[times.Length / 2], high = times[(int)(0.95 * (times.Length - 1))];
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{name,-26}{known,8}{median,12:0.0}{high,12:0.0}{times[^1],12:0.0}"));
            }
        });
        return command;
    }

    // Asked and told on, so that a sampler that fits something anew now and then does so here, too.
    private static IEnumerable<double> Times(ISampler sampler, int known, int asks)
    {
        RandomStream study = RandomStream.From(3).For("sampler");
        List<Observation> history = [];
        while (history.Count < known)
            Add(history, new RandomSampler().Propose(new SamplerContext(Space.Shape, [], history.Count, study)).Point!);
        for (int i = 0; i < asks; i++)
        {
            long start = Stopwatch.GetTimestamp();
            Proposal proposal = sampler.Propose(new SamplerContext(Space.Shape, [.. history], history.Count, study));
            double milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            // The first one is compiled.
            if (i > 0)
                yield return milliseconds;
            Add(history, proposal.Point!);
        }
    }

    private static void Add(List<Observation> history, ValueList<int> point) =>
        history.Add(new Observation(history.Count, point, Space.Shape.IdentityOf(point), TrialState.Completed)
        {
            Values = [-point.Select((index, d) => Math.Pow(index - 3 - d, 2)).Sum() + 0.01 * (history.Count % 7)],
        });
}
