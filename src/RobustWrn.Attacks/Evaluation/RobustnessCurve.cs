using System.Globalization;
using System.Text;
using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Attacks;

/// <summary>Robust accuracy against the radius of the ball. It never rises: what falls in a small ball falls in every larger one, and is not attacked there again.</summary>
/// <param name="Clean">Images that are right unchanged.</param>
/// <param name="Points">One for each radius, from the smallest on.</param>
/// <param name="Examples">For each image, in the order of the source, the smallest radius at which it fell.</param>
public sealed record RobustnessCurve(Proportion Clean, ValueList<CurvePoint> Points, ValueList<CurveExample> Examples)
{
    private const int ShownPoints = 8;

    /// <summary>Images attacked together, at every radius.</summary>
    public int BlockSize { get; init; }

    /// <summary>Measures the curve: the whole suite at each radius, on the images that every smaller radius left right.</summary>
    /// <param name="model">Any module from (N, C, H, W) in [0, 1] to logits (N, classes).</param>
    /// <param name="images">What is attacked, all of it.</param>
    /// <param name="threat">The norm; its own radius is not used.</param>
    /// <param name="suite">The attacks.</param>
    /// <param name="epsilons">The radii, in pixel units of images in [0, 1], in any order.</param>
    /// <param name="options">As for <see cref="RobustnessEvaluation.Run"/>; a journal is kept in a folder of its own for each radius, and no radius is audited.</param>
    /// <param name="progress">Told after each attack on each block, of one radius after the other.</param>
    /// <param name="cancellationToken">Checked between steps of the attacks.</param>
    /// <exception cref="InvalidDescriptionException">Threat, suite or options have problems, or a radius is not above 0, or there is none.</exception>
    public static RobustnessCurve Measure(
        nn.Module<Tensor, Tensor> model,
        IImageSource images,
        ThreatModel threat,
        AttackSuite suite,
        IReadOnlyCollection<double> epsilons,
        EvaluationOptions? options = null,
        IProgress<EvaluationProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(threat);
        ArgumentNullException.ThrowIfNull(epsilons);
        options ??= new EvaluationOptions();
        double[] radii = [.. epsilons.Distinct().Order()];
        Rule.NotEmpty(radii, "Epsilons")
            .Concat(radii.SelectMany(radius => (threat with { Epsilon = radius }).Problems().Select(problem => problem.Within("Epsilons"))))
            .Concat(Rule.Holds(!options.KeepAdversarialImages, "Options.KeepAdversarialImages", "must be off for a curve: run the radius whose images are wanted alone."))
            .ThrowIfAny(nameof(RobustnessCurve));
        long[] standing = [.. Enumerable.Range(0, checked((int)images.Count)).Select(i => (long)i)];
        ExampleOutcome[] first = [];
        Dictionary<long, double> fell = [];
        List<CurvePoint> points = [];
        for (int i = 0; i < radii.Length && standing.Length > 0; i++)
        {
            EvaluationOptions own = options with { Audit = null };
            if (options.JournalFolder is not null)
                own = own with { JournalFolder = Path.Combine(options.JournalFolder, string.Create(CultureInfo.InvariantCulture, $"epsilon-{radii[i]:r}")) };
            RobustnessResult result = RobustnessEvaluation.Run(model, new SubsetImages(images, standing), threat with { Epsilon = radii[i] }, suite, own, progress, cancellationToken);
            if (i == 0)
                first = [.. result.Examples];
            // Chosen once, at the first radius, which a journal remembers.
            options = options with { BlockSize = result.BlockSize };
            long[] examples = [.. result.Examples.Where(outcome => !outcome.Robust).Select(outcome => outcome.Index)];
            foreach (long example in examples)
                fell[example] = radii[i];
            standing = [.. standing.Zip(result.Examples).Where(pair => pair.Second.Robust).Select(pair => pair.First)];
            points.Add(new CurvePoint(radii[i], new Proportion(standing.Length, images.Count)));
        }
        points.AddRange(radii.Skip(points.Count).Select(radius => new CurvePoint(radius, new Proportion(0, images.Count))));
        return new RobustnessCurve(
            new Proportion(first.Count(outcome => outcome.CleanPrediction == outcome.Label), images.Count),
            points.ToValueList(),
            first.Select(outcome => new CurveExample(outcome.Index, outcome.Label,
                outcome.CleanPrediction != outcome.Label ? 0 : fell.TryGetValue(outcome.Index, out double radius) ? radius : null)).ToValueList())
        {
            BlockSize = options.BlockSize!.Value,
        };
    }

    /// <summary>A table of all points, one a line.</summary>
    public string ToTable()
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{"epsilon",10}  robust accuracy\n{0,10}  {Clean}\n");
        foreach (CurvePoint point in Points)
            text.Append(CultureInfo.InvariantCulture, $"{point.Epsilon,10:0.######}  {point.Robust}\n");
        return text.ToString();
    }

    /// <summary>The clean accuracy and the first points, one a line; <see cref="ToTable"/> has all.</summary>
    public override string ToString() =>
        $"clean {Clean}\n{Quantity.First([.. Points.Select(point => point.ToString())], ShownPoints, "\n")}";
}

/// <summary>Robust accuracy at one radius.</summary>
/// <param name="Epsilon">The radius, in pixel units of images in [0, 1].</param>
/// <param name="Robust">Images that are right after every attack there.</param>
public sealed record CurvePoint(double Epsilon, Proportion Robust)
{
    /// <summary>The radius and the accuracy there.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"epsilon {Epsilon:0.######}: {Robust}");
}
