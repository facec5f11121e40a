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
