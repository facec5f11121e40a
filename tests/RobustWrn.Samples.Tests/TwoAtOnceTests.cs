namespace RobustWrn.Samples.Tests;

/// <summary>Two processes at one output.</summary>
[Trait("Category", "Slow")]
public sealed class TwoAtOnceTests : IDisposable
{
    private readonly SmallRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    /// <summary>The second is refused and says by whom; the first ends as if it had been alone.</summary>
    [Theory]
    [InlineData("QuickStart")]
    [InlineData("TrainModel")]
    [InlineData("EvaluateModel")]
    [InlineData("SearchArchitecture")]
    public void Sample_FolderOfOneThatRuns_IsRefusedAndLeavesItAlone(string sample)
    {
        (string[] arguments, string begun) = _runs.Of(sample, "run");
        using SampleProcess first = SampleProcess.Start(sample, arguments);
        first.WaitFor(begun);
        first.Pause();
        Assert.False(first.HasEnded, "it had ended before the second began");

        (int code, _, string error) = SampleProcess.Run(sample, arguments);

        first.Continue();
        Assert.Equal(1, code);
        Assert.Contains(_runs.In("run"), error, StringComparison.Ordinal);
        Assert.Matches("used? by another process", error);
        Assert.True(first.End() == 0, first.Error);
    }

    /// <summary>Before it computes, and whichever of its files the first writes.</summary>
    [Theory]
    [InlineData("--out")]
    [InlineData("--timing")]
    [InlineData("--save-adversarial")]
    public void EvaluateModel_FileOfOneThatRuns_IsRefusedBeforeItComputes(string option)
    {
        string[] arguments = [.. _runs.Of("EvaluateModel", "run").Arguments[..^4], option, _runs.In("result")];
        using SampleProcess first = SampleProcess.Start("EvaluateModel", arguments);
        first.WaitFor("(1 of 4)");
        first.Pause();
        Assert.False(first.HasEnded, "it had ended before the second began");

        (int code, string output, string error) = SampleProcess.Run("EvaluateModel",
            ["--weights", _runs.Weights(), "--data", "synthetic", "--examples", "2", "--attack", "noise", "--out", _runs.In("result")]);

        Assert.Equal(1, code);
        Assert.Equal($"{_runs.In("result")} is in use by another process. Wait until it ends, or choose another file.\n", error);
        Assert.Empty(output);
        first.Continue();
        Assert.True(first.End() == 0, first.Error);
        Assert.Equal(["result", "weights.safetensors"], Directory.GetFiles(Path.GetDirectoryName(_runs.In("result"))!)
            .Select(Path.GetFileName).Order());
    }

    /// <summary>What the first has done stays, and it ends well.</summary>
    [Fact]
    public void QuickStart_FreshBesideOneThatRuns_DeletesNothing()
    {
        (string[] arguments, string begun) = _runs.Of("QuickStart", "run");
        using SampleProcess first = SampleProcess.Start("QuickStart", arguments);
        first.WaitFor(begun);
        first.Pause();
        Assert.False(first.HasEnded, "it had ended before the second began");
        string[] before = Recorded();

        (int code, string output, string error) = SampleProcess.Run("QuickStart", [.. arguments, "--fresh"]);

        Assert.Equal(1, code);
        Assert.Contains("is in use by another process", error, StringComparison.Ordinal);
        Assert.Empty(output);
        Assert.Contains(before, file => file.EndsWith("trained.json", StringComparison.Ordinal));
        Assert.Empty(before.Except(Recorded()));
        first.Continue();
        Assert.True(first.End() == 0, first.Error);
        Assert.True(File.Exists(_runs.In("run/result.json")));

        // Alone, it begins anew, and leaves what else is in the folder.
        File.WriteAllText(_runs.In("run/notes.txt"), "mine");
        DateTime finished = File.GetLastWriteTimeUtc(_runs.In("run/result.json"));
        (code, output, error) = SampleProcess.Run("QuickStart", [.. arguments, "--fresh"]);
        Assert.True(code == 0, error);
        Assert.DoesNotContain("resumed", output, StringComparison.Ordinal);
        Assert.NotEqual(finished, File.GetLastWriteTimeUtc(_runs.In("run/result.json")));
        Assert.Equal("mine", File.ReadAllText(_runs.In("run/notes.txt")));

        string[] Recorded() => Directory.GetFiles(_runs.In("run/record"), "*.json", SearchOption.AllDirectories);
    }

    /// <summary>The record is in use by a program of the user's own.</summary>
    [Fact]
    public void QuickStart_FreshBesideAProgramAtItsRecord_DeletesNothing()
    {
        string record = _runs.In("run/record");
        using Core.FolderLock held = Core.FolderLock.Take(record);
        File.WriteAllText(Path.Combine(record, "experiment.json"), "{}");

        (int code, _, string error) = SampleProcess.Run("QuickStart", [.. _runs.Of("QuickStart", "run").Arguments, "--fresh"]);

        Assert.Equal(1, code);
        Assert.Contains("record is in use by another process", error, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(record, "experiment.json")));
    }
}
