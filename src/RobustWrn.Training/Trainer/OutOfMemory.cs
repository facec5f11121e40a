using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace RobustWrn.Training;

/// <summary>The errors of libtorch when there is no memory for a tensor, on a CUDA device or on the CPU.</summary>
internal static partial class OutOfMemory
{
    /// <summary>True for an exception that says so.</summary>
    public static bool Is(Exception exception) => exception is OutOfMemoryException || (exception is ExternalException && Words().IsMatch(exception.Message));

    /// <summary>The first line of libtorch's message; a stack trace of its own follows.</summary>
    public static string FirstLine(Exception exception) => exception.Message.Split('\n', 2)[0].TrimEnd();

    /// <summary>The bytes of the whole device, where the message tells them.</summary>
    public static long? Capacity(Exception exception)
    {
        Match match = Total().Match(exception.Message);
        if (!match.Success)
            return null;
        double unit = match.Groups[2].Value switch { "MiB" => 1L << 20, "GiB" => 1L << 30, _ => 1L << 10 };
        return (long)(double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) * unit);
    }

    [GeneratedRegex("out of memory|can't allocate memory|not enough memory", RegexOptions.IgnoreCase)]
    private static partial Regex Words();

    [GeneratedRegex(@"total capacity of (\d+(?:\.\d+)?) ([KMG]iB)")]
    private static partial Regex Total();
}
