using RobustWrn.Attacks;
using RobustWrn.Core;

namespace EvaluateModel;

/// <summary>The JSON of a curve over several radii; its schema is docs/curve.schema.json. It holds no times either.</summary>
public static class CurveDocument
{
    /// <summary>The version of the format. A field that is added keeps it, one that changes its meaning or goes raises it.</summary>
    public const int Version = 1;

    /// <summary>The document of a curve.</summary>
    public static string Of(
        INetworkSpec network, INetworkSpec? surrogate, ThreatModel threat, AttackSuite suite, IImageSource images, Seed seed, RobustnessCurve curve) => Json.Write(new
        {
            Version,
            Network = network.Name,
            Surrogate = surrogate?.Name,
            threat.Norm,
            Suite = Json.Node(suite),
            Seed = seed.Value,
            curve.BlockSize,
            Images = images.Fingerprint,
            Clean = Json.Accuracy(curve.Clean),
            Points = curve.Points.Select(point => new { point.Epsilon, Robust = Json.Accuracy(point.Robust) }),
            Examples = curve.Examples.Select(example => new { example.Index, example.Label, example.FellAt }),
        });
}
