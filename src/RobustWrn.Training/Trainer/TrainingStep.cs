using System.Diagnostics;
using RobustWrn.Attacks;
using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Training;

/// <summary>One step of a training: read, augment, attack, differentiate, move.</summary>
/// <param name="trainer">What is minimised, and how.</param>
/// <param name="classifier">The classifier, in training mode.</param>
/// <param name="batches">The training images.</param>
/// <param name="threat">The threat of the whole radius.</param>
/// <param name="stream">The training's randomness.</param>
/// <param name="optimizer">What moves the parameters.</param>
/// <param name="attackParts">How much of a batch is attacked at once.</param>
internal sealed class TrainingStep(
    RobustTrainer trainer, Classifier classifier, TrainingBatches batches, ThreatModel threat, RandomStream stream, RunningOptimizer optimizer, AttackParts attackParts)
{
    private readonly Tensor[] _parameters = [.. optimizer.Parameters.Select(pair => pair.Value)];

    private TrainingRecipe Recipe => trainer.Recipe;

    /// <summary>Takes the step, unless loss or gradients are not finite.</summary>
    /// <param name="indices">The images of the batch.</param>
    /// <param name="announce">Tells a source what is read next, which it may decode meanwhile.</param>
    /// <param name="position">Which step.</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="sums">What the numbers are added to.</param>
    /// <param name="cancellationToken">Checked between the steps of attacks.</param>
    /// <returns>What was not finite, or null when the step was taken.</returns>
    public string? Take(ReadOnlySpan<long> indices, Action announce, TrainingPosition position, double rate, StepSums sums, CancellationToken cancellationToken)
    {
        using DisposeScope scope = NewDisposeScope();
        long start = Stopwatch.GetTimestamp();
        MicroBatch[] parts = Read(indices, position);
        announce();
        sums.Data += Stopwatch.GetElapsedTime(start);
        TimeSpan attackedBefore = sums.Attack;
        start = Stopwatch.GetTimestamp();
        // A step that is not taken leaves nothing behind, neither in weights nor in the statistics of batch norms.
        using BufferSnapshot buffers = new(classifier.Network);
        string? found = null;
        bool taken = false;
        try
        {
            found = Update(parts, position, rate, sums, buffers, cancellationToken);
            taken = found is null;
        }
        finally
        {
            if (!taken)
                GoBack(buffers);
        }
        sums.Update += Stopwatch.GetElapsedTime(start) - (sums.Attack - attackedBefore);
        return found;
    }

    private string? Update(MicroBatch[] parts, TrainingPosition position, double rate, StepSums sums, BufferSnapshot buffers, CancellationToken cancellationToken)
    {
        PerturbedWeights? perturbed = null;
        using WholeStatistics? first = Recipe.ForgetsInitialStatistics && position.StepsBefore == 0 ? new WholeStatistics(classifier) : null;
        try
        {
            if (Recipe.Perturbation is { } perturbation && position.Epoch >= perturbation.FromEpoch)
                perturbed = Perturb(perturbation, parts, position, sums, buffers, cancellationToken);
            List<LossNumbers> numbers = [];
            Tensor?[] gradients = Gradients(parts, position, sums, numbers, cancellationToken);
            double norm = sums.Add(numbers, GradientNorm.Of(gradients));
            if (!double.IsFinite(sums.LastLoss))
                return $"a loss of {sums.LastLoss}";
            if (!double.IsFinite(norm))
                return $"a gradient norm of {norm}";
            if (Recipe.GradientNormClip is { } limit)
                GradientNorm.Clip(gradients, norm, limit);
            optimizer.Momentum = Recipe.Schedule.MomentumAt(position);
            optimizer.Step(gradients, rate);
            perturbed?.TakeBack();
            perturbed = null;
            return null;
        }
        finally
        {
            perturbed?.Undo();
        }
    }

    private static void GoBack(BufferSnapshot buffers)
    {
        if (buffers.Restore() is { Count: > 0 } left)
            throw new InvalidOperationException($"the statistics of a step that is not taken must be taken back, but {Excerpt.List(left)}");
    }

    // The pass that finds the direction is a copy's in the published code, whose batch-norm statistics are thrown away.
    private PerturbedWeights Perturb(
        AdversarialWeightPerturbation settings, MicroBatch[] parts, TrainingPosition position, StepSums sums, BufferSnapshot buffers, CancellationToken cancellationToken)
    {
        Tensor?[] gradients = Gradients(parts, position, sums, [], cancellationToken);
        GoBack(buffers);
        return new PerturbedWeights(_parameters, gradients, settings.Gamma);
    }

    // Each part's loss is a mean over its images, so the batch's gradient is the mean of theirs by their numbers of images.
    private Tensor?[] Gradients(MicroBatch[] parts, TrainingPosition position, StepSums sums, List<LossNumbers> numbers, CancellationToken cancellationToken)
    {
        Tensor?[] sum = new Tensor?[_parameters.Length];
        foreach (MicroBatch part in parts)
        {
            using DisposeScope scope = NewDisposeScope();
            classifier.DrawDropoutFrom(stream.For("dropout").At(position.Epoch), part.Examples);
            using ObjectiveLoss loss = trainer.Objective.Evaluate(
                new ObjectiveContext(classifier, part.Images, part.Labels, Recipe.ThreatAt(threat, position))
                {
                    Noise = stream.For("objective").At(position.Epoch),
                    AttackBatchNorm = Recipe.AttackBatchNorm,
                    Examples = ValueList.Create(part.Examples),
                    Mixed = part.Mixed,
                    Adversarial = part.Adversarial,
                    AttackParts = attackParts,
                    AttackTook = elapsed => sums.Attack += elapsed,
                },
                cancellationToken);
            // A parameter that the loss does not reach has no gradient and stays.
            Tensor?[] gradients = Core.Gradients.Of(parts.Length == 1 ? loss.Total : loss.Total.Times(part.Share), _parameters);
            for (int i = 0; i < sum.Length; i++)
            {
                if (sum[i] is null)
                    sum[i] = gradients[i]?.MoveToOuterDisposeScope();
                else if (gradients[i] is { } more)
                    sum[i]!.PlusInPlace(more);
            }
            LossPart[] terms = [.. loss.Parts, .. part.Told.Where(told => loss.Parts.All(term => term.Name != told.Name))];
            if (Recipe.Perturbation is not null && part.Adversarial is null)
            {
                part.Adversarial = loss.Adversarial?.alias().MoveToOuterDisposeScope();
                part.Told = [.. loss.Parts.Select(term => new LossPart(term.Name, term.Value.alias().MoveToOuterDisposeScope()))];
            }
            Tensor values = stack([loss.Total.detach(), .. terms.Select(term => term.Value)]).to(ScalarType.Float64);
            numbers.Add(new LossNumbers([.. terms.Select(term => term.Name)], values.MoveToOuterDisposeScope(), part.Examples.Length));
        }
        return sum;
    }

    private MicroBatch[] Read(ReadOnlySpan<long> indices, TrainingPosition position)
    {
        ImageBatch batch = batches.Read(indices, position.Step, _parameters[0].device);
        RandomStream noise = stream.For("augmentation").At(position.Epoch);
        Tensor pixels = batch.Images;
        foreach (IAugmentation augmentation in Recipe.Augmentations)
            pixels = augmentation.Apply(pixels, noise, batch.Examples);
        MixedBatch? mixed = Recipe.Mixing?.Apply(pixels, batch.Labels, noise, batch.Examples);
        pixels = (mixed?.Images ?? pixels).to(_parameters[0].dtype);
        Tensor labels = mixed?.Labels.Dominant() ?? batch.Labels;
        long[] examples = batch.Examples.ToArray();
        return
        [
            .. MicroBatch.Sizes(examples.Length, Recipe.MicroBatchSize).Select(part => new MicroBatch(
                part.Count == examples.Length ? pixels : pixels.narrow(0, part.From, part.Count),
                part.Count == examples.Length ? labels : labels.narrow(0, part.From, part.Count),
                examples[part.From..(part.From + part.Count)],
                (double)part.Count / examples.Length)
            {
                Mixed = mixed?.Labels.Narrow(part.From, part.Count),
            }),
        ];
    }
}
