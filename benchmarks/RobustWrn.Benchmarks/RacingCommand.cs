using System.CommandLine;
using System.Globalization;
using RobustWrn.Attacks;
using RobustWrn.Core;
using RobustWrn.Training;
using static TorchSharp.torch;

namespace RobustWrn.Benchmarks;

/// <summary>
/// The subcommand <c>racing</c>: small networks are trained, attacked to the end, and attacked again as a race against the best before;
/// what that saves in CPU time, in the order of training and in random ones.
/// </summary>
internal static class RacingCommand
{
    private static readonly LinfThreat Threat = ThreatModel.Linf(8, outOf: 255);

    private static readonly AttackSuite Suite = AttackSuite.Of(
        "PGD, CW and APGD", new Fgsm(), new Pgd(), new CwLinf(), new Apgd { Steps = 20 });

    public static Command Create()
    {
        Option<string> data = new("--data") { Description = "The folder of CIFAR-10.", Required = true };
        Option<int> networks = new("--networks") { Description = "Networks.", DefaultValueFactory = _ => 8 };
        Option<int> epochs = new("--epochs") { Description = "Epochs of each.", DefaultValueFactory = _ => 6 };
        Option<int> train = new("--train") { Description = "Training images.", DefaultValueFactory = _ => 3_000 };
        Option<int> images = new("--images") { Description = "Images that are attacked.", DefaultValueFactory = _ => 400 };
        Option<int> block = new("--block") { Description = "Images of a block.", DefaultValueFactory = _ => 32 };
        Option<int> orders = new("--orders") { Description = "Random orders of the networks.", DefaultValueFactory = _ => 200 };
        Command command = new("racing", "What racing saves of the attacks that rank networks.")
        {
            data, networks, epochs, train, images, block, orders,
        };
        command.SetAction(parsed =>
        {
            TorchRuntime.EnsureLoaded();
            set_num_threads(1);
            Console.WriteLine(TorchRuntime.Describe());
            using DatasetSplits splits = Cifar10.From(parsed.GetValue(data)!, holdOut: parsed.GetValue(images))
                .Limited(train: parsed.GetValue(train));
            Classifier[] trained =
            [
                .. Enumerable.Range(0, parsed.GetValue(networks)).Select(i => Trained(Spec(i), splits.Training, parsed.GetValue(epochs))),
            ];
            Measure(trained, splits.Training.Validation, parsed.GetValue(block), parsed.GetValue(orders));
            foreach (Classifier classifier in trained)
                classifier.Dispose();
        });
        return command;
    }

    // Depths and widths at random, so that some are better than others; images are halved first, so that all are trained in minutes.
    private static WideResNetSpec Spec(int number)
    {
        RandomSequence draws = RandomStream.From(2026).For("network").At(number).Sequence();
        int Draw(int least, int most) => least + (int)(draws.NextDouble() * (most - least + 1));
        return WideResNetSpec.Of(8, [Draw(1, 2), Draw(1, 2), 1], [Draw(4, 12), Draw(8, 24), Draw(12, 32)]) with
        {
            Stem = new StemSpec { Width = 8, Stride = 2 },
        };
    }

    private static Classifier Trained(WideResNetSpec spec, TrainingSplits data, int epochs)
    {
        Classifier classifier = spec.Build(seed: 1);
        TrainingRecipe recipe = new TrainingRecipe { ValidationImages = 100 }.ScaledTo(epochs, data.Train.Count);
        RobustTrainer trainer = new(new FastAdversarial(), recipe);
        Say($"{spec.Name}, {spec.Cost(32, 32).MultiplyAdds / 1e6:0.0} MMACs: {trainer.Fit(classifier, data, Threat, seed: 1).Selected}");
        return classifier;
    }

    private static void Measure(Classifier[] networks, IImageSource images, int block, int orders)
    {
        using TemporaryFolder place = TemporaryFolder.Make();
        string Journal(long network) => Path.Combine(place.Path, $"{network}");
        EvaluationOptions options = new() { BlockSize = block, Audit = null };
        RobustnessResult[] whole = new RobustnessResult[networks.Length];
        double all = 0, raced = 0, best = 0;
        // What is compiled at first use counts for neither.
        RobustnessEvaluation.Race(networks[0], images.Take(Math.Min(images.Count, block)), Threat, Suite, 0, options);
        for (int i = 0; i < networks.Length; i++)
        {
            // In turns, so that what else runs on the machine falls on both.
            double one = CpuTime.Of(() => whole[i] = RobustnessEvaluation.Run(networks[i], images, Threat, Suite, options));
            RacedEvaluation race = null!;
            double other = CpuTime.Of(() => race = RobustnessEvaluation.Race(networks[i], images, Threat, Suite, best, options));
            (all, raced, best) = (all + one, raced + other, Math.Max(best, whole[i].Robust.Value));
            string end = race.Bound is { } bound ? $"at most {bound.AtMost.Hits}, {bound.Finished} images done" : "finished";
            (long robust, long clean) = (whole[i].Robust.Hits, whole[i].Clean.Hits);
            Say($"{i}: robust {robust} of {images.Count}, clean {clean}; {one:0.0} s, raced {other:0.0} s: {end}");
        }
        Say($"all: {all:0.0} s of CPU time, raced {raced:0.0} s, {100 * (1 - raced / all):0.0} % saved");

        // From a journal, a race only looks up what fell when; its cost is that of the images it came to.
        for (int i = 0; i < networks.Length; i++)
            RobustnessEvaluation.Run(networks[i], images, Threat, Suite, options with { JournalFolder = Journal(i) });
        double[] image = [.. Suite.Attacks.Select((_, a) =>
            whole.Sum(result => result.Attacks[a].Duration.TotalSeconds) / whole.Sum(result => result.Attacks[a].CorrectBefore))];
        double Cost(IEnumerable<AttackTally> attacks) => attacks.Select((attack, a) => attack.CorrectBefore * image[a]).Sum();
        double full = whole.Sum(result => Cost(result.Attacks));
        List<double> saved = [];
        for (int order = 0; order < orders; order++)
        {
            (double cost, best) = (0, 0);
            foreach (long i in RandomStream.From(7).For("orders").At(order).Permutation(networks.Length))
            {
                RacedEvaluation race = RobustnessEvaluation.Race(
                    networks[i], images, Threat, Suite, best, options with { JournalFolder = Journal(i) });
                cost += Cost(race.Result?.Attacks ?? race.Bound!.Attacks);
                best = Math.Max(best, race.Result?.Robust.Value ?? 0);
            }
            if (best != whole.Max(result => result.Robust.Value))
                throw new InvalidOperationException("the best network must win in every order, but did not");
            saved.Add(1 - cost / full);
        }
        saved.Sort();
        (double low, double high) = (100 * saved[orders / 20], 100 * saved[orders - 1 - orders / 20]);
        double median = 100 * CpuTime.Median(saved);
        Say($"{orders} random orders: {median:0.0} % of the attacks saved in the median, {low:0.0} to {high:0.0} in nine tenths");
    }

    private static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
