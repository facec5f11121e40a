using RobustWrn.Core;
using static TorchSharp.torch;

namespace RobustWrn.Training.Tests;

/// <summary>Sources that take long to read are told every batch while the one before it is worked on.</summary>
public class PrefetchTests
{
    private const int Steps = 4, Validations = 2;

    [Theory]
    [InlineData(false, Steps + Validations)]
    [InlineData(true, Steps + (2 * Validations))]
    public void Fit_EveryBatchButTheFirst_IsToldWhenTheOneBeforeItWasRead(bool average, int reads)
    {
        List<(string Kind, string Batch)> events = Events(Small.Recipe with { Epochs = 2, Average = average ? new WeightAverage { WarmUp = 0 } : null });

        AssertEachIsTold(events, 2 * reads);
    }

    /// <summary>As long as the average is a plain copy, it is not judged.</summary>
    [Fact]
    public void Fit_AverageThatIsNotJudgedYet_IsNotToldOf() =>
        AssertEachIsTold(Events(Small.Recipe with { Epochs = 2, Average = new WeightAverage { WarmUp = 0.9 } }), (2 * (Steps + Validations)) + Validations);

    private static void AssertEachIsTold(List<(string Kind, string Batch)> events, int reads)
    {
        string[] read = [.. events.Where(e => e.Kind == "read").Select(e => e.Batch)];
        Assert.Equal(reads, read.Length);
        Assert.Equal([("read", read[0]), .. read.Skip(1).SelectMany(batch => ((string, string)[])[("told", batch), ("read", batch)])], events);
    }

    private static List<(string Kind, string Batch)> Events(TrainingRecipe recipe)
    {
        List<(string Kind, string Batch)> events = [];
        using Classifier classifier = Small.Network.Build(1);
        Small.Fit(classifier, recipe: recipe, data: new TrainingSplits(new Announced("train", new Bars(50, 1), events), new Announced("validation", new Bars(20, 2), events)));
        return events;
    }

    private sealed class Announced(string name, IImageSource inner, List<(string Kind, string Batch)> events) : IImageSource
    {
        public long Count => inner.Count;

        public int Channels => inner.Channels;

        public int Height => inner.Height;

        public int Width => inner.Width;

        public ValueList<string> ClassNames => inner.ClassNames;

        public string Fingerprint => inner.Fingerprint;

        public ImageBatch Read(ReadOnlySpan<long> indices, Device? device = null)
        {
            events.Add(("read", $"{name} {string.Join(',', indices.ToArray())}"));
            return inner.Read(indices, device);
        }

        public void Prefetch(ReadOnlySpan<long> indices) => events.Add(("told", $"{name} {string.Join(',', indices.ToArray())}"));
    }
}
