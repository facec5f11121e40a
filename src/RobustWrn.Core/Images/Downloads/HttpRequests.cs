using System.Net;
using System.Net.Http.Headers;

namespace RobustWrn.Core;

/// <summary>Asks a server for a file, following redirects to http and https addresses only, and from https never to http.</summary>
internal static class HttpRequests
{
    private const int MostRedirects = 10;

    private static readonly HttpClient Plain = new(
        new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.None })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>The head of the reply; the body is yet to be read.</summary>
    /// <param name="client">Who asks; null for a plain client.</param>
    /// <param name="address">The address.</param>
    /// <param name="from">The first byte that is wanted.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="RefusedRedirectException">It leads to another scheme, or on and on.</exception>
    internal static async Task<HttpResponseMessage> GetAsync(HttpClient? client, Uri address, long from,
        CancellationToken cancellationToken)
    {
        Uri at = address;
        for (int redirect = 0; ; redirect++)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, at);
            // The archive as it is: its checksum is one of the packed bytes.
            request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
            if (from > 0)
                request.Headers.Range = new RangeHeaderValue(from, null);
            HttpResponseMessage response = await (client ?? Plain)
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            try
            {
                // A caller's client may have followed some by itself.
                Uri reached = response.RequestMessage?.RequestUri ?? at;
                Refuse(address, reached);
                if (!IsRedirect(response.StatusCode) || response.Headers.Location is not { } location)
                    return response;
                if (redirect == MostRedirects)
                    throw new RefusedRedirectException($"the server redirected more than {MostRedirects} times");
                if (!Uri.TryCreate(reached, location, out Uri? leads))
                    throw new RefusedRedirectException(
                        $"the server redirected to {Excerpt.Of(location.OriginalString)}, which is no address");
                Refuse(address, leads);
                at = leads;
            }
            catch
            {
                response.Dispose();
                throw;
            }
            response.Dispose();
        }
    }

    private static bool IsRedirect(HttpStatusCode status) =>
        status is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
        or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    private static void Refuse(Uri asked, Uri leads)
    {
        bool fits = leads.Scheme == Uri.UriSchemeHttps || (leads.Scheme == Uri.UriSchemeHttp && asked.Scheme == Uri.UriSchemeHttp);
        if (!fits)
            throw new RefusedRedirectException(
                $"the server redirected from {asked.Scheme} to {Excerpt.Of(leads.OriginalString)}, which is refused");
    }
}
