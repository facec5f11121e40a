namespace RobustWrn.Samples.Tests;

/// <summary>Command lines that cannot be: rule, value, remedy, and all of them at once.</summary>
public sealed class BadArgumentsTests
{
    [Theory]
    [InlineData("QuickStart", "--trials 0 --epochs 0 --images 5 --seed -5", """
        --trials must be at least 1, got 0. Write --trials 1, or more.
        --epochs must be at least 1, got 0. Write --epochs 1, or more.
        --images must be at least 10, got 5. Write --images 10, or more.
        --seed must be at least 0, got -5. Write --seed 0, or more.

        """)]
    [InlineData("QuickStart", "--epochs x --trials 99999999999 --images 1e3", """
        --trials must be at most 2147483647, got 99999999999. Write --trials 4.
        --epochs must be a whole number, got x. Write --epochs 5.
        --images must be a whole number, got 1e3. Write --images 1500.
        See --help.

        """)]
    [InlineData("QuickStart", "--images 100000000", "--images must be at most 1000000, got 100000000. Write --images 1000000, or less.\n")]
    [InlineData("SearchArchitecture", "--space nowhere --macs 5Q --free stages[3].width --trials 0 --batch 0 --seed -5 --data synthetic", """
        --space must be one of small, huang-depths, huang-widths, nares, lu-depths, lu-widths, robust-wrn, or a JSON file, got nowhere, which is none of them.
        --macs must be TARGET or TARGET:TOLERANCE, got 5Q. Write --macs 5G:0.01 for 5e9 within 1 %.
        --trials must be at least 1, got 0. Write --trials 1, or more.
        --batch must be at least 1, got 0. Write --batch 1, or more.
        --seed must be at least 0, got -5. Write --seed 0, or more.

        """)]
    [InlineData("SearchArchitecture", "--free stages.width --objective latency --require clean:60 --require macs --time 90 --replicates 0", """
        --free must come with the cost that it is solved for, got stages.width alone. Add --macs 5G.
        "latency, ms" must be looked for with --free-running: a search in batches is the same on every machine, and it is not.
        --require clean must have a limit in [0, 1], or in percent, got 60.
        --require must be NAME:LIMIT or NAME:LIMIT:TOLERANCE, got macs. Write --require clean:60%:1%, or --require macs:5G.
        --time must come with --free-running, got 90 alone: a search in batches is the same on every machine. Add --free-running, or leave it out.
        --time must be above zero, with s, m, h or d, got 90. Write --time 90m.
        --replicates must be at least 1, got 0. Write --replicates 1, or more.

        """)]
    [InlineData("SearchArchitecture", "--data  --sampler  --space  --out  --time  --objective ", """
        --out must name a folder, but it is empty.
        --space must be one of small, huang-depths, huang-widths, nares, lu-depths, lu-widths, robust-wrn, or a JSON file, got nothing, which is none of them.
        --sampler must be one of elite-mutation, gaussian-process, grid, local-search, nsga-ii, random, regularized-evolution, sobol, tpe, got nothing.
        --time must come with --free-running, got nothing alone: a search in batches is the same on every machine. Add --free-running, or leave it out.
        --time must be above zero, with s, m, h or d, got nothing. Write --time 90m.
        --objective must name one of clean (or clean-accuracy), latency, macs (or multiply-add-count), parameters (or parameter-count), robust (or robust-accuracy), time (or training-time), worst-class (or worst-class-accuracy), got nothing.
        --data must be synthetic or a folder of CIFAR-10 or CIFAR-100 in its binary layout, got nothing.

        """)]
    [InlineData("AttackAnyModel", "--colour red",
        "Unrecognized command or argument '--colour'.\nUnrecognized command or argument 'red'.\nSee --help.\n")]
    public void Sample_BadArguments_SaysAllOfThem(string sample, string arguments, string expected)
    {
        (int code, string output, string error) = SampleProcess.Run(sample, arguments.Split(' '));

        Assert.Equal(2, code);
        Assert.Empty(output);
        Assert.Equal(expected.ReplaceLineEndings("\n").Split('\n').Order(), error.ReplaceLineEndings("\n").Split('\n').Order());
    }

    [Theory]
    [InlineData("QuickStart")]
    [InlineData("TrainModel")]
    [InlineData("EvaluateModel")]
    [InlineData("SearchArchitecture")]
    [InlineData("DescribeArchitecture")]
    [InlineData("AttackAnyModel")]
    public void Sample_Help_NamesNoTypeOfTheLanguage(string sample)
    {
        (int code, string output, string error) = SampleProcess.Run(sample, "--help");

        Assert.Equal((0, ""), (code, error));
        Assert.Contains("Usage:", output, StringComparison.Ordinal);
        Assert.All((string[])["`", "System.", "Nullable", "Int32"], part => Assert.DoesNotContain(part, output, StringComparison.Ordinal));
    }
}
