namespace RobustWrn.Core;

/// <summary>A server led to an address that is not followed.</summary>
/// <param name="message">Where it led.</param>
internal sealed class RefusedRedirectException(string message) : HttpRequestException(message);
