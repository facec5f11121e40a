namespace RobustWrn.Core.Tests;

public class ExcerptTests
{
    [Theory]
    [InlineData(null, "")]
    [InlineData("short", "short")]
    [InlineData("a\nb\u001b[31m", "a\\u000Ab\\u001B[31m")]
    [InlineData("0123456789", "0123456789")]
    [InlineData("01234567890", "0123456789... (11 characters)")]
    [InlineData("012345678😀", "012345678... (11 characters)")]
    public void Of_AnyText_IsOneLineOfTheBeginning(string? text, string expected) => Assert.Equal(expected, Excerpt.Of(text, most: 10));

    [Fact]
    public void Of_HundredMillionCharacters_IsALine() =>
        Assert.Equal(new string('x', 100) + "... (100,000,000 characters)", Excerpt.Of(new string('x', 100_000_000)));

    [Fact]
    public void List_ManyEntries_NamesTheFirst() =>
        Assert.Equal("a, a, ... (7 in all)", Excerpt.List(["a", "a", "a", "a", "a", "a", "a"], most: 2));

    [Fact]
    public void Problem_LongWords_AreCut()
    {
        Problem problem = new(new string('s', 1_000_000), new string('m', 1_000_000));

        Assert.InRange(problem.Within(new string('o', 1_000_000)).ToString().Length, 4_000, 5_000);
        Assert.InRange((problem with { Message = new string('m', 1_000_000) }).Message.Length, 4_000, 4_100);
    }
}
