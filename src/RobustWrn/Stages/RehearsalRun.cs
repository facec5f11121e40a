using System.Diagnostics;
using RobustWrn.Attacks;
using RobustWrn.Core;
using RobustWrn.Training;

namespace RobustWrn;

/// <summary>Runs one batch of training and validation images through every stage of an experiment.</summary>
internal static class RehearsalRun
{
    public static Rehearsal Of(RobustExperiment experiment, CancellationToken cancellationToken)
    {
        List<RehearsedStage> stages = [];
        Stopwatch clock = Stopwatch.StartNew();
        void Done(string stage)
        {
            stages.Add(new RehearsedStage(stage, clock.Elapsed));
            clock.Restart();
        }

        TorchRuntime.EnsureLoaded();
        Done("libtorch");
        INetworkSpec spec = Estimation.Proposals(experiment).Take(8).Concat(experiment.Baselines)
            .MaxBy(candidate => candidate.Cost(experiment.Data.Training.Train.Height, experiment.Data.Training.Train.Width).MultiplyAdds)!;
        Done("search");
        using Classifier classifier = spec.Build(experiment.Seed, experiment.Device);
        Done($"building {spec.Name}");

        TrainingSplits data = experiment.Data.Training;
        TrainingSplits one = new(data.Train.Take(Math.Min(data.Train.Count, experiment.Recipe.BatchSize)),
            data.Validation.Take(Math.Min(data.Validation.Count, experiment.Recipe.BatchSize)));
        using (TemporaryFolder temporary = TemporaryFolder.Make())
        {
            string folder = Path.Combine(temporary.Path, "training");
            TrainingResult trained = experiment.Trainer(experiment.Objective, experiment.Recipe with { Epochs = 1 }).Fit(
                classifier, one, experiment.Threat, experiment.Seed,
                new TrainingOptions { CheckpointFolder = folder, Device = experiment.Device, MemoryLimit = experiment.MemoryLimit },
                null, cancellationToken);
            Done($"one step of {experiment.Objective.Name}, validation and a checkpoint");
            if (experiment.RankingSuite is { } ranking)
            {
                EvaluationOptions ranked = new() { Seed = experiment.Seed, Device = experiment.Device, Audit = null };
                RacedEvaluation raced = experiment.Evaluator.Race(
                    classifier, one.Validation, experiment.Threat, ranking, mustReach: 0, ranked, null, cancellationToken);
                Done($"{ranking.Name} on {Judgement.Of(raced).Clean.Total} validation images");
            }
            RobustnessResult attacked = experiment.Evaluator.Run(classifier, one.Validation, experiment.Threat, experiment.Suite,
                new EvaluationOptions { Seed = experiment.Seed, Device = experiment.Device }, null, cancellationToken);
            Done($"{experiment.Suite.Name} on {attacked.Clean.Total} validation images");
            Reports(experiment, classifier, trained, attacked, folder);
            Done("reports");
        }
        return new Rehearsal(stages.ToValueList());
    }

    private static void Reports(RobustExperiment experiment, Classifier classifier, TrainingResult trained, RobustnessResult attacked, string folder)
    {
        string weights = Path.Combine(folder, "weights.safetensors"), json = Path.Combine(folder, "result.json");
        NetworkWeights.Save(classifier, weights);
        NetworkWeights.Open(weights).Dispose();
        IImageSource images = experiment.Data.Training.Train;
        Candidate candidate = new(classifier.Spec, classifier.Spec.Cost(images.Height, images.Width), null, [], new TrainedNetwork
        {
            SelectedEpoch = trained.Selected.Epoch,
            ValidationClean = trained.Selected.Clean,
            ValidationRobust = trained.Selected.Robust,
        }, _ => Path.GetFileName(weights))
        { OnFront = true };
        candidate.Add(0, attacked);
        ExperimentResult result = new()
        {
            Settings = ExperimentCheck.Settings(experiment),
            EndedBecause = "it was a rehearsal",
            Networks = [candidate.Result()],
            TestReads = 0,
            Notes = [],
            Timing = new ExperimentTiming(TimeProvider.System.GetUtcNow(), [0], [0], TorchRuntime.Describe().ToString()),
        };
        AtomicFile.WriteText(json, new JsonReport().Render(result));
        _ = new MarkdownReport().Render(ExperimentResult.Read(json));
    }
}
