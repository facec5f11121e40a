using System.Globalization;

namespace RobustWrn.Attacks;

/// <summary>Something that speaks against the numbers of an evaluation.</summary>
/// <param name="Check">The name of the check that found it, as in files.</param>
/// <param name="Severity">Suspect or invalid.</param>
/// <param name="Rule">What holds of an evaluation that can be believed.</param>
/// <param name="Value">What was seen instead, with numbers.</param>
/// <param name="Remedy">What to do.</param>
public sealed record AuditFinding(string Check, AuditVerdict Severity, string Rule, string Value, string Remedy)
{
    // Below it, digits are the function's and not the test's.
    private const double Smallest = 1e-15;

    /// <summary>How likely chance alone shows at least as much, where the check counts; null where one case is enough.</summary>
    public double? PValue { get; init; }

    /// <summary>Rule, value and remedy.</summary>
    public string Message => $"{Rule}, {Value}{Chance()}. {Remedy}";

    /// <summary>A finding of a check.</summary>
    public static AuditFinding Of(IAuditCheck check, AuditVerdict severity, string rule, string value, string remedy, double? pValue = null)
    {
        ArgumentNullException.ThrowIfNull(check);
        return new(check.Name, severity, rule, value, remedy) { PValue = pValue };
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Check}: {Message}";

    private string Chance() => PValue switch
    {
        null => "",
        < Smallest => string.Create(CultureInfo.InvariantCulture, $" (p < {Smallest:0e+0})"),
        { } p => string.Create(CultureInfo.InvariantCulture, $" (p = {p:0.#e+0})"),
    };
}
