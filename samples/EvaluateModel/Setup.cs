using RobustWrn.Attacks;
using RobustWrn.Core;
using RobustWrn.Samples;
using Spectre.Console;

namespace EvaluateModel;

/// <summary>Everything the command line names, opened and checked.</summary>
public sealed class Setup : IDisposable
{
    // Enough to time an image as well as in a block of any size, few enough for any memory.
    private const int MostTimed = 16;

    private const int DefaultSynthetic = 1_000;

    private readonly Choices _choices;
    private readonly Classifier _model;
    private readonly Classifier? _surrogate;
    private readonly InMemoryImages _images;
    private readonly ThreatModel _threat;
    private readonly AttackSuite _suite;
    private readonly List<string> _notes;

    private Setup(Choices choices, Classifier model, Classifier? surrogate, InMemoryImages images, ThreatModel threat, AttackSuite suite,
        List<string> notes) =>
        (_choices, _model, _surrogate, _images, _threat, _suite, _notes) = (choices, model, surrogate, images, threat, suite, notes);

    /// <summary>Opens everything; what is wrong is collected, all of it.</summary>
    /// <returns>Null when something is wrong.</returns>
    public static Setup? From(Choices choices, out IReadOnlyList<string> problems)
    {
        List<string> found = [], notes = [];
        problems = found;
        ThreatModel? threat = choices.Threat.Open(found);
        AttackSuite? suite = choices.Attacks.Open(threat, found);
        if (threat is not null && suite is not null)
            found.AddRange(suite.ProblemsUnder(threat).Select(problem => problem.Message));
        found.AddRange(WholeNumber.Within(choices.Batch, 1, int.MaxValue, "--batch"));
        found.AddRange(WholeNumber.Within(choices.Seed, 0, long.MaxValue, "--seed"));
        Destinations.Check(choices, found);
        Classifier? model = choices.Network.Open(choices.Weights, found, notes);
        Classifier? surrogate = choices.Surrogate is null ? null : choices.SurrogateNetwork.Open(choices.Surrogate, found, notes);
        if (choices.Surrogate is null && choices.SurrogateNetwork.Spec is { } spec)
            found.Add($"--surrogate-spec must come with the weights, got {spec} alone. Add --surrogate FILE.");
        if (choices.Surrogate is null && suite?.Attacks.FirstOrDefault(attack => attack.NeedsSurrogate) is { } needy)
            found.Add($"{needy.Name} must have another network to attack, got none. Add --surrogate FILE.");
        if (surrogate is not null && model is not null && (surrogate.Spec.Classes, surrogate.Spec.InputChannels) != (model.Spec.Classes, model.Spec.InputChannels))
            found.Add($"--surrogate must take images of {model.Spec.InputChannels} channels and tell {model.Spec.Classes} classes apart, as the network does, "
                + $"but it has {surrogate.Spec.InputChannels} and {surrogate.Spec.Classes}. Choose another.");
        InMemoryImages? images = OpenImages(choices, found);
        if (model is not null && images is not null && model.Spec.Classes < images.ClassNames.Count)
            found.Add($"the network must tell the {images.ClassNames.Count} classes of the images apart, but it has {model.Spec.Classes}. Check --spec and --data.");
        if (model is not null && model.Spec.InputChannels != 3)
            found.Add($"the network must take images of 3 channels, but it takes {model.Spec.InputChannels}. Check --spec.");
        if (found.Count == 0)
            return new Setup(choices, model!, surrogate, images!, threat!, suite!, notes);
        model?.Dispose();
        surrogate?.Dispose();
        images?.Dispose();
        return null;
    }

    /// <summary>Evaluates, prints and writes.</summary>
    public void Run(TextWriter output, CancellationToken cancellationToken)
    {
        IImageSource images = _choices.Examples is { } count ? _images.Take(count) : _images;
        string radius = _choices.Threat.Radii is { Length: > 1 } radii ? $"{_threat.Norm} in {radii.Length} radii" : $"{_threat}";
        foreach (string note in _notes)
            output.WriteLine(note);
        output.WriteLine($"{_model.Spec.Name} under {radius}, {Quantity.Of(images.Count, "test image")}, {string.Join(", ", _suite.Attacks.Select(attack => attack.Name))}");
        if (_surrogate is not null)
            output.WriteLine($"The attacker may look into {_surrogate.Spec.Name} of {_choices.Surrogate}");
        using (ImageBatch sample = images.Read([.. Enumerable.Range(0, (int)Math.Min(_choices.Batch ?? MostTimed, images.Count)).Select(i => (long)i)]))
            output.WriteLine($"Estimate: {AttackEstimate.Measure(_suite, _model, sample, images.Count)}{(_choices.Threat.Radii is { Length: > 1 } ? " for each radius" : "")}");

        EvaluationOptions options = new()
        {
            BlockSize = _choices.Batch,
            SearchesInBFloat16 = _choices.BFloat16,
            Seed = _choices.Seed,
            KeepAdversarialImages = _choices.Adversarial is not null,
            Surrogate = _surrogate,
            JournalFolder = _choices.Journal,
        };
        if (_choices.Threat.Radii is { } epsilons)
            Follow(epsilons, images, options, output, cancellationToken);
        else
            Evaluate(images, options, output, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _model.Dispose();
        _surrogate?.Dispose();
        _images.Dispose();
    }

    private void Evaluate(IImageSource images, EvaluationOptions options, TextWriter output, CancellationToken cancellationToken)
    {
        RobustnessResult result = ProgressView.Follow(output, _suite, _choices.Threat.Radii?.Length ?? 1,
            progress => RobustnessEvaluation.Run(_model, images, _threat, _suite, options, progress, cancellationToken));
        using AdversarialImages? adversarial = result.Adversarial;
        SummaryView.Print(output, result);
        Doubt(output, result.Clean);
        Write(output, "Result", _choices.Output, EvaluationDocument.Of(_model.Spec, _surrogate?.Spec, result));
        Write(output, "Times", _choices.Timing, TimingDocument.Of(result));
        if (_choices.Adversarial is { } place)
        {
            adversarial!.Save(place);
            output.WriteLine($"Adversarial images: {place}");
        }
    }

    private void Follow(double[] epsilons, IImageSource images, EvaluationOptions options, TextWriter output, CancellationToken cancellationToken)
    {
        RobustnessCurve curve = ProgressView.Follow(output, _suite, _choices.Threat.Radii?.Length ?? 1,
            progress => RobustnessCurve.Measure(_model, images, _threat, _suite, epsilons, options, progress, cancellationToken));
        CurveView.Print(output, curve);
        Doubt(output, curve.Clean);
        Write(output, "Result", _choices.Output, CurveDocument.Of(_model.Spec, _surrogate?.Spec, _threat, _suite, images, options.Seed, curve));
    }

    private void Doubt(TextWriter output, Proportion clean)
    {
        if (Guessing.Warning(clean, _model.Spec.Classes) is not { } warning)
            return;
        if (ProgressView.IsTerminal(output))
            AnsiConsole.WriteLine(warning);
        else
            output.WriteLine(warning);
    }

    private static void Write(TextWriter output, string what, string? file, string document)
    {
        if (file is null)
            return;
        AtomicFile.WriteText(file, document);
        output.WriteLine($"{what}: {file}");
    }

    private static InMemoryImages? OpenImages(Choices choices, List<string> problems)
    {
        int before = problems.Count;
        problems.AddRange(WholeNumber.Within(choices.Examples, 1, choices.Data == SyntheticData.Name ? SyntheticData.Most : long.MaxValue, "--examples"));
        if (string.IsNullOrWhiteSpace(choices.Data))
        {
            problems.Add("--data must be synthetic or name a folder in CIFAR's binary layout, got nothing.");
            return null;
        }
        if (choices.Data == SyntheticData.Name)
            return problems.Count > before ? null : SyntheticData.Test(choices.Examples ?? DefaultSynthetic);
        try
        {
            bool hundred = File.Exists(Path.Combine(choices.Data, "test.bin")) || File.Exists(Path.Combine(choices.Data, "cifar-100-binary", "test.bin"));
            InMemoryImages images = hundred ? Cifar100.ReadTest(choices.Data) : Cifar10.ReadTest(choices.Data);
            if (choices.Examples > images.Count)
                problems.Add($"--examples must be at most the {images.Count} test images of {choices.Data}, got {choices.Examples}.");
            return images;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            problems.Add($"--data: {e.Message}");
            return null;
        }
    }
}
