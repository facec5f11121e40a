using System.Globalization;
using System.Text;

namespace System.Runtime.CompilerServices;

/// <summary>
/// Takes the place of the framework's type of this name: the compiler builds every <c>$"..."</c> of a library or sample with it, nested
/// ones too, so that texts follow the
/// invariant culture whatever the culture of the thread (docs/decisions/0028-texts-follow-no-culture.md).
/// </summary>
[InterpolatedStringHandler]
internal readonly ref struct DefaultInterpolatedStringHandler(int literalLength, int formattedCount)
{
    private const int GuessedLength = 11; // as in the framework's own

    private readonly StringBuilder _text = new(literalLength + formattedCount * GuessedLength);

    public void AppendLiteral(string value) => _text.Append(value);

    public void AppendFormatted(string? value) => _text.Append(value);

    public void AppendFormatted(ReadOnlySpan<char> value) => _text.Append(value);

    public void AppendFormatted<T>(T value) => AppendFormatted(value, 0, null);

    public void AppendFormatted<T>(T value, string? format) => AppendFormatted(value, 0, format);

    public void AppendFormatted<T>(T value, int alignment) => AppendFormatted(value, alignment, null);

    public void AppendFormatted<T>(T value, int alignment, string? format)
    {
        string? text = value is IFormattable number ? number.ToString(format, CultureInfo.InvariantCulture) : value?.ToString();
        _text.Append(alignment < 0 ? text?.PadRight(-alignment) ?? new string(' ', -alignment)
            : text?.PadLeft(alignment) ?? new string(' ', alignment));
    }

    public string ToStringAndClear() => _text.ToString();
}
