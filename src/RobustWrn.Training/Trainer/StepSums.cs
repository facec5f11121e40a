using RobustWrn.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RobustWrn.Training;

/// <summary>Sums over the steps of an epoch.</summary>
internal sealed class StepSums
{
    private readonly OrderedDictionary<string, double> _parts = [];
    private double _loss, _norm;
    private long _images;

    /// <summary>Goes on with an epoch, or begins one.</summary>
    public StepSums(EpochSoFar? soFar)
    {
        if (soFar is null)
            return;
        (_loss, _norm, _images, Steps, Data, Attack, Update) = (soFar.Loss, soFar.GradientNorm, soFar.Images, soFar.Steps, soFar.Data, soFar.Attack, soFar.Update);
        foreach (PartMean part in soFar.Parts)
            _parts.Add(part.Name, part.Mean);
    }

    /// <summary>Steps that were added.</summary>
    public int Steps { get; private set; }

    /// <summary>The loss of the last step.</summary>
    public double LastLoss { get; private set; }

    /// <summary>The time that reading and augmenting took.</summary>
    public TimeSpan Data { get; set; }

    /// <summary>The time that attacks took.</summary>
    public TimeSpan Attack { get; set; }

    /// <summary>The time that the rest of the steps took.</summary>
    public TimeSpan Update { get; set; }

    /// <summary>Adds a step; all its numbers come from the device in one copy.</summary>
    /// <returns>The gradient norm.</returns>
    public double Add(IReadOnlyList<LossNumbers> losses, Tensor gradientNorm)
    {
        using IDisposable guard = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor[] numbers = [gradientNorm.to(ScalarType.Float64).reshape(1), .. losses.Select(loss => loss.Values)];
        double[] values = cat(numbers).cpu().data<double>().ToArray();
        int at = 1;
        double sum = 0;
        long images = 0;
        foreach (LossNumbers loss in losses)
        {
            LastLoss = values[at];
            sum += values[at++] * loss.Images;
            images += loss.Images;
            foreach (string name in loss.Names)
                _parts[name] = _parts.GetValueOrDefault(name) + values[at++] * loss.Images;
        }
        if (losses.Count > 1)
            LastLoss = sum / images;
        _loss += sum;
        _norm += values[0];
        _images += images;
        Steps++;
        return values[0];
    }

    public EpochMetrics Metrics(int epoch, double learningRate) => new()
    {
        Epoch = epoch,
        Loss = _loss / _images,
        Parts = _parts.Select(part => new PartMean(part.Key, part.Value / _images)).ToValueList(),
        LearningRate = learningRate,
        GradientNorm = _norm / Steps,
        Clean = default,
        Robust = default,
    };

    public EpochSoFar SoFar(TimeSpan elapsed) => new()
    {
        Steps = Steps,
        Loss = _loss,
        GradientNorm = _norm,
        Images = _images,
        Parts = _parts.Select(part => new PartMean(part.Key, part.Value)).ToValueList(),
        Data = Data,
        Attack = Attack,
        Update = Update,
        Elapsed = elapsed,
    };
}

/// <summary>The numbers of a loss, on its device.</summary>
/// <param name="Names">The names of its terms.</param>
/// <param name="Values">The loss, then its terms; float64 (1 + terms), without a graph.</param>
/// <param name="Images">How many images it is the mean of.</param>
internal readonly record struct LossNumbers(string[] Names, Tensor Values, int Images);
