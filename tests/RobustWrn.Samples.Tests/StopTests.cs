namespace RobustWrn.Samples.Tests;

/// <summary>Samples that are asked to stop, by Ctrl-C and by the system.</summary>
[Trait("Category", "Slow")]
public sealed class StopTests : IDisposable
{
    private readonly SmallRuns _runs = new();

    public void Dispose() => _runs.Dispose();

    /// <summary>It says where it goes on, ends with the code of the signal, and goes on there.</summary>
    [Theory]
    [InlineData("QuickStart", true)]
    [InlineData("QuickStart", false)]
    [InlineData("TrainModel", true)]
    [InlineData("TrainModel", false)]
    [InlineData("EvaluateModel", true)]
    [InlineData("EvaluateModel", false)]
    [InlineData("SearchArchitecture", true)]
    [InlineData("SearchArchitecture", false)]
    public void Sample_AskedToStop_SaysWhereItGoesOnAndGoesOn(string sample, bool fromTheKeyboard)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there are no such signals on Windows");
        (string[] arguments, string begun) = _runs.Of(sample, "run");
        using SampleProcess process = SampleProcess.Start(sample, arguments);
        process.WaitFor(begun);
        if (fromTheKeyboard)
            process.Interrupt();
        else
            process.Terminate();

        Assert.Equal(fromTheKeyboard ? 130 : 143, process.End());
        string where = _runs.In("run");
        Assert.EndsWith($"Stopped; what is done stands in {where}, and the same command goes on there.\n", process.Error, StringComparison.Ordinal);

        (int code, string output, string error) = SampleProcess.Run(sample, arguments);
        Assert.True(code == 0, output + error);
        Assert.DoesNotContain("Stopp", error, StringComparison.Ordinal);
        Assert.Contains("resumed", output, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>A table that is drawn again and again hides the cursor.</summary>
    [Fact]
    public void QuickStart_CtrlCInATerminal_SaysSoAndShowsTheCursorAgain()
    {
        Assert.SkipUnless(File.Exists(SampleProcess.TerminalMaker), "nothing here makes a terminal");
        const string hide = "\e[?25l", show = "\e[?25h";
        using SampleProcess process = SampleProcess.StartInTerminal("QuickStart", _runs.Of("QuickStart", "run").Arguments);
        process.WaitFor(hide);
        process.Press('\x03');

        Assert.Equal(130, process.End());
        Assert.Contains("Stopping after the step under way", process.Output, StringComparison.Ordinal);
        Assert.Contains("and the same command goes on there.", process.Output, StringComparison.Ordinal);
        Assert.True(process.Output.LastIndexOf(show, StringComparison.Ordinal) > process.Output.LastIndexOf(hide, StringComparison.Ordinal),
            "the cursor stays hidden");
    }

    [Fact]
    public void AttackAnyModel_AskedToStop_SaysThatNothingIsKept()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there are no such signals on Windows");
        using SampleProcess process = SampleProcess.Start("AttackAnyModel");
        process.WaitFor("epoch 1");
        process.Interrupt();

        Assert.Equal(130, process.End());
        Assert.EndsWith("Stopped; nothing is kept.\n", process.Error, StringComparison.Ordinal);
    }

    /// <summary>
    /// A step that never ends, as of a network that is far too large: the network's description is a pipe that nobody writes to.
    /// </summary>
    [Theory]
    [InlineData("DescribeArchitecture", true, "PIPE")]
    [InlineData("EvaluateModel", false, "--spec PIPE --weights WEIGHTS --data synthetic")]
    [InlineData("TrainModel", true, "--spec PIPE")]
    [InlineData("SearchArchitecture", false, "--space PIPE")]
    public void Sample_AskedTwice_EndsAtOnce(string sample, bool fromTheKeyboard, string arguments)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there are no such signals on Windows");
        string pipe = _runs.In("pipe");
        using (System.Diagnostics.Process make = System.Diagnostics.Process.Start("mkfifo", [pipe]))
            make.WaitForExit();
        using SampleProcess process = SampleProcess.Start(sample,
            [.. arguments.Split(' ').Select(argument => argument switch { "PIPE" => pipe, "WEIGHTS" => _runs.Weights(), _ => argument })]);
        // Opens once the program reads it.
        using FileStream open = new(pipe, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        process.Terminate();
        process.WaitFor("Stopping after the step under way; a second request ends the program at once.");
        Assert.False(process.HasEnded);
        if (fromTheKeyboard)
            process.Interrupt();
        else
            process.Terminate();

        Assert.Equal(fromTheKeyboard ? 130 : 143, process.End());
        Assert.DoesNotContain("Stopped", process.Error, StringComparison.Ordinal);
    }
}
