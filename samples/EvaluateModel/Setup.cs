using RobustWrn.Attacks;
using RobustWrn.Core;

namespace EvaluateModel;

/// <summary>Everything the command line names, opened and checked.</summary>
public sealed class Setup : IDisposable
{
    private readonly Choices _choices;
    private readonly Classifier _model;
    private readonly InMemoryImages _images;
    private readonly ThreatModel _threat;
    private readonly AttackSuite _suite;

    private Setup(Choices choices, Classifier model, InMemoryImages images, ThreatModel threat, AttackSuite suite) =>
        (_choices, _model, _images, _threat, _suite) = (choices, model, images, threat, suite);

    /// <summary>Opens everything; what is wrong is collected, all of it.</summary>
    /// <returns>Null when something is wrong.</returns>
    public static Setup? From(Choices choices, out IReadOnlyList<string> problems)
    {
        List<string> found = [];
        problems = found;
        ThreatModel? threat = choices.Threat.Open(found);
        AttackSuite? suite = choices.Attacks.Open(threat, found);
        if (choices.Batch < 1)
            found.Add($"--batch must be at least 1, got {choices.Batch}.");
        Writable(choices.Output, "--out", found);
        Writable(choices.Adversarial, "--save-adversarial", found);
        Classifier? model = choices.Network.Open(choices.Weights, found);
        InMemoryImages? images = OpenImages(choices, found);
        if (model is not null && images is not null && model.Spec.Classes < images.ClassNames.Count)
            found.Add($"the network must tell the {images.ClassNames.Count} classes of the images apart, but it has {model.Spec.Classes}. Check --spec and --data.");
        if (model is not null && model.Spec.InputChannels != 3)
            found.Add($"the network must take images of 3 channels, but it takes {model.Spec.InputChannels}. Check --spec.");
        if (found.Count == 0)
            return new Setup(choices, model!, images!, threat!, suite!);
        model?.Dispose();
        images?.Dispose();
        return null;
    }

    /// <summary>Evaluates, prints and writes.</summary>
    public void Run(TextWriter output, CancellationToken cancellationToken)
    {
        IImageSource images = _choices.Examples is { } count ? _images.Take(count) : _images;
        output.WriteLine($"{_model.Spec.Name} under {_threat}, {images.Count} test images, {string.Join(", ", _suite.Attacks.Select(attack => attack.Name))}");
        using (ImageBatch sample = images.Read([.. Enumerable.Range(0, (int)Math.Min(_choices.Batch, images.Count)).Select(i => (long)i)]))
            output.WriteLine($"Estimate: {AttackEstimate.Measure(_suite, _model, sample, images.Count)}");

        EvaluationOptions options = new() { BlockSize = _choices.Batch, Seed = _choices.Seed, KeepAdversarialImages = _choices.Adversarial is not null };
        RobustnessResult result = ProgressView.Follow(output, _suite,
            progress => RobustnessEvaluation.Run(_model, images, _threat, _suite, options, progress, cancellationToken));
        using AdversarialImages? adversarial = result.Adversarial;

        SummaryView.Print(output, result);
        if (_choices.Output is { } file)
        {
            AtomicFile.WriteText(file, EvaluationDocument.Of(_model.Spec, result));
            output.WriteLine($"Result: {file}");
        }
        if (_choices.Adversarial is { } place)
        {
            adversarial!.Save(place);
            output.WriteLine($"Adversarial images: {place}");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _model.Dispose();
        _images.Dispose();
    }

    private static InMemoryImages? OpenImages(Choices choices, List<string> problems)
    {
        if (choices.Examples < 1)
            problems.Add($"--examples must be at least 1, got {choices.Examples}.");
        if (string.IsNullOrWhiteSpace(choices.Data))
        {
            problems.Add("--data must name a folder in CIFAR's binary layout, got nothing.");
            return null;
        }
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

    // Said before the run, not after hours of it.
    private static void Writable(string? path, string option, List<string> problems)
    {
        if (path is null)
            return;
        if (path.Length == 0 || Directory.Exists(path))
            problems.Add($"{option} must name a file, but {(path.Length == 0 ? "it is empty" : $"{path} is a folder")}.");
        for (string? folder = path.Length == 0 ? null : Path.GetDirectoryName(Path.GetFullPath(path)); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(folder))
                problems.Add($"{option} must lie in a folder, but {folder} is a file. Choose another place.");
        }
    }
}
