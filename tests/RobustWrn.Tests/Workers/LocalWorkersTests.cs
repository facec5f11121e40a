using System.Diagnostics;
using RobustWrn.Core;

namespace RobustWrn.Tests;

/// <summary>A search in processes of its own, which are killed, stopped, orphaned, or never come to it. All is really trained.</summary>
public sealed class LocalWorkersTests : IDisposable
{
    private readonly DatasetSplits _images = SmallExperiment.Images();
    private readonly TestFolder _folder = new();

    public void Dispose()
    {
        _images.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task RunAsync_NoneOneAndTwoWorkers_GiveTheSameResult()
    {
        (string result, string log) = await UndisturbedAsync();
        foreach (int processes in (int[])[1, 2])
        {
            HashSet<int?> workers = [], trials = [];
            RobustExperiment experiment = On($"workers{processes}");
            Heard heard = new(report =>
            {
                if (report is { Stage: ExperimentStage.Training, Trial: not null })
                    workers.Add(report.Worker);
                if (report is { Finished.Trial: { } trial })
                    trials.Add(trial);
            });

            ExperimentResult with = await experiment.RunOn(new LocalWorkers(processes, 1))
                .RunAsync(heard, TestContext.Current.CancellationToken);

            Assert.Equal(result, RobustExperimentTests.Comparable(with));
            Assert.Equal(log, WorkerProgram.LogText(experiment));
            Assert.Contains(0, workers);
            Assert.Equal(8, trials.Count);
            Assert.Contains(with.Networks, network => network.Pruned is not null);
        }
    }

    /// <summary>
    /// Two workers, ten of whose processes are killed, at different moments: a trial goes on from its last checkpoint, and what comes of the
    /// search is what would have.
    /// </summary>
    [Fact]
    public async Task RunAsync_WorkersKilledTenTimes_GivesTheSameResult()
    {
        (string result, string log) = await UndisturbedAsync();
        RobustExperiment experiment = On("killed");
        int kills = 0;
        Heard heard = new(report =>
        {
            if (report is not { Worker: { } worker, Training.Finished: not null } || kills == 10)
                return;
            // At once, or within what comes after the epoch.
            Thread.Sleep(kills++ * 7 % 40);
            WorkerProgram.Kill(WorkerProgram.Processes(experiment.Folder!, worker)[^1]);
        });

        ExperimentResult killed = await experiment.RunOn(new LocalWorkers(2, 1)).RunAsync(heard, TestContext.Current.CancellationToken);

        Assert.Equal(10, kills);
        Assert.Equal(log, WorkerProgram.LogText(experiment));
        Assert.Equal(result, RobustExperimentTests.Comparable(killed));
    }

    [Fact]
    public async Task RunAsync_ControllerKilled_WorkersEndAndARerunGoesOn()
    {
        (string result, string log) = await UndisturbedAsync();
        RobustExperiment experiment = On("orphaned");
        using (Process controller = WorkerProgram.StartController(experiment.Folder!))
        {
            string[] Weights() => Directory.Exists(experiment.Folder) ? Directory.GetFiles(
                experiment.Folder, "trained.json", SearchOption.AllDirectories) : [];
            while (Weights().Length < 2 && !controller.HasExited)
                await Task.Delay(20, TestContext.Current.CancellationToken);
            controller.Kill();
            await controller.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        int[] orphans = [.. WorkerProgram.Processes(experiment.Folder!, 0), .. WorkerProgram.Processes(experiment.Folder!, 1)];

        ExperimentResult again = await experiment.RunOn(new LocalWorkers(2, 1))
            .RunAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.NotEmpty(orphans);
        Assert.All(orphans, orphan => Assert.True(OwningProcess.HasEnded(orphan, DateTime.UtcNow)));
        Assert.Equal(log, WorkerProgram.LogText(experiment));
        Assert.Equal(result, RobustExperimentTests.Comparable(again));
    }

    [Fact]
    public async Task RunAsync_Cancelled_WorkersLetGoAndARerunWithoutThemGoesOn()
    {
        (string result, string log) = await UndisturbedAsync();
        RobustExperiment experiment = On("cancelled");
        using CancellationTokenSource stop = new();
        int epochs = 0;
        Heard heard = new(report =>
        {
            if (report is { Worker: not null, Training.Finished: not null } && ++epochs == 3)
                stop.Cancel();
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => experiment.RunOn(new LocalWorkers(2, 1)).RunAsync(heard, stop.Token));
        Assert.All((int[])[0, 1], worker => Assert.All(WorkerProgram.Processes(experiment.Folder!, worker), process =>
            Assert.True(OwningProcess.HasEnded(process, DateTime.UtcNow))));
        ExperimentResult again = await experiment.RunAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(log, WorkerProgram.LogText(experiment));
        Assert.Equal(result, RobustExperimentTests.Comparable(again));
    }

    [Theory]
    [InlineData(WorkerProgram.Fails, "the data are on another disk")]
    [InlineData(WorkerProgram.Returns, "exit code 3 before it came to this experiment")]
    public async Task RunAsync_ProgramThatNeverComesThere_EndsWithTheLog(string name, string said)
    {
        WorkersFailedException e = await Assert.ThrowsAsync<WorkersFailedException>(() =>
            On(name).RunOn(new LocalWorkers(1, 1)).RunAsync(cancellationToken: TestContext.Current.CancellationToken));

        Assert.Contains(said, e.Message);
        Assert.Contains("worker 0 ended 3 times in a row", e.Message);
        Assert.Equal(3, WorkerProgram.Processes(_folder.In(name), 0).Length);
    }

    [Fact]
    public void Check_WorkersWithoutFolderOrSharedStore_SaysWhatToDo()
    {
        RobustExperiment small = SmallExperiment.On(_images).RunOn(new LocalWorkers(2));

        Assert.Contains("RecordedIn", Assert.Single(small.Check()).Message);
        Assert.Contains("RobustWrn.Search.Sqlite", Assert.Single(small.RecordedIn(_folder.Path).Check()).Message);
        Assert.Equal(["RunOn.Processes", "RunOn.ThreadsEach"],
            On("any").RunOn(new LocalWorkers(0, 0)).Check().Select(problem => problem.Subject));
        Assert.Empty(On("any").RunOn(new LocalWorkers(2)).Check());
    }

    private async Task<(string Result, string Log)> UndisturbedAsync()
    {
        RobustExperiment experiment = On("undisturbed");
        ExperimentResult result = await experiment.RunAsync(cancellationToken: TestContext.Current.CancellationToken);
        return (RobustExperimentTests.Comparable(result), WorkerProgram.LogText(experiment));
    }

    private RobustExperiment On(string name) => WorkerProgram.Experiment(_images, _folder.In(name));

    private sealed class Heard(Action<ExperimentProgress> heard) : IProgress<ExperimentProgress>
    {
        public void Report(ExperimentProgress value) => heard(value);
    }
}
