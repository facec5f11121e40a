using System.Globalization;

namespace RobustWrn.Testing;

/// <summary>
/// A culture for this thread that writes numbers, dates and times otherwise than the invariant one, without the data of cultures, which may
/// be missing. Disposing brings the thread's own back.
/// </summary>
internal sealed class ForeignCulture : IDisposable
{
    private readonly CultureInfo _before = CultureInfo.CurrentCulture;

    public ForeignCulture()
    {
        CultureInfo foreign = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        NumberFormatInfo numbers = foreign.NumberFormat;
        (numbers.NumberDecimalSeparator, numbers.NumberGroupSeparator, numbers.NegativeSign) = (",", ".", "~");
        (numbers.PositiveSign, numbers.NaNSymbol) = ("＋", "no number");
        (numbers.PositiveInfinitySymbol, numbers.NegativeInfinitySymbol) = ("endless", "~endless");
        (numbers.PercentDecimalSeparator, numbers.PercentGroupSeparator) = (",", ".");
        (foreign.DateTimeFormat.DateSeparator, foreign.DateTimeFormat.TimeSeparator) = ("!", "?");
        CultureInfo.CurrentCulture = foreign;
        Assert.Equal("~1.234,50", (-1234.5).ToString("N2", CultureInfo.CurrentCulture));
    }

    public void Dispose() => CultureInfo.CurrentCulture = _before;
}
